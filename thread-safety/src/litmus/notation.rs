//! How a litmus test is written down: what is asked, and the parts of its two threads.

/// Makes the litmus tests of two threads, each a type. All parts are given the words `x` and `y`,
/// what is new, and the orderings, under the names at the head.
macro_rules! litmus_tests {
    (|$x:ident, $y:ident, $new:ident, $O:ident| $(
        $(#[$doc:meta])*
        $name:ident: asked $asked:literal, in step $in_step:literal, forbidden from $weakest:ident;
        $(const $const:ident: $type:ty = $value:expr;)*
        t1 $t1:block
        t2 $t2:block
    )*) => {$(
        $(#[$doc])*
        pub enum $name {}

        #[allow(unused_variables, reason = "a part may use one word alone")]
        impl Test for $name {
            const ASKED: Reads = $asked;
            const IN_STEP: Reads = $in_step;
            const FORBIDDEN_FROM: Strength = Strength::$weakest;
            $(const $const: $type = $value;)*

            #[inline]
            fn t1<$O: Orderings>(Words { x: $x, y: $y }: &Words, $new: u32) -> Reads $t1

            #[inline]
            fn t2<$O: Orderings>(Words { x: $x, y: $y }: &Words, $new: u32) -> Reads $t2
        }
    )*};
}
