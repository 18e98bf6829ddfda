//! The lines that `--weaken` weakens: each is noticed by whom the screen says, and as it should be it
//! is noticed by none.

use locks::loom::weakened as under_loom;
use locks::model::weakened as modelled;
use locks::real::weakened as here;

use crate::loomed::few;

#[test]
fn each_weakened_line_is_noticed_first_by_one_of_four() {
    let lessons = ["spin", "ticket", "semaphore", "peterson", "condvar"];
    let mutants = checks::who_notices(env!("CARGO_BIN_EXE_locks"), &lessons);
    assert_eq!(mutants.len(), 9);
    // One core, or another processor, may show other things than an x86 of two; what it does not
    // show is left to the model checkers.
    let first = |letter| mutants.iter().filter(|one| one.first == letter).count();
    assert!(first('a') >= 1, "a test that cannot pass is noticed anywhere: {mutants:?}");
    assert!(first('d') >= 3, "some lines are stronger than they have to be: {mutants:?}");
    let only = |fails| mutants.iter().filter(|one| one.fails[1..] == fails).count();
    assert!(only([true, true]) >= 3 && only([false, true]) >= 3, "{mutants:?}");
}

#[test]
fn as_they_should_be_they_pass_on_this_machine_in_every_schedule_and_in_every_execution() {
    type Test = fn(&'static str) -> bool;
    macro_rules! of {
        ($module:ident) => {{
            use $module::{flags, gate, queue, semaphore, spin, ticket};
            let tests: [Test; 6] = [spin, ticket, semaphore, flags, queue, gate];
            tests
        }};
    }
    assert!((0..100).all(|_| of!(here).iter().all(|test| test(""))));
    for model in of!(modelled) {
        let model = stage::outcomes(vec![true], move || model(""));
        // All orders of independent steps come to the same ends: they are not run.
        let bound = stage::Bound { plain: Some(0), ..stage::Bound::default() };
        let found = stage::explore(&bound, &model);
        assert!(found.differ.whole() && !found.failed(), "{:?}", found.differ);
    }
    for test in of!(under_loom) {
        few(2, move || assert!(test("")));
    }
}
