//! What is counted: the memory of a task, the size of a future.

use coroutines::cost::{Cost, Counting, counted};
use coroutines::{on_ours, on_tokio};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PAGE: u64 = 4096;

#[test]
fn what_a_thread_allocates_is_counted_to_the_byte_and_what_others_allocate_is_not() {
    let (one, bytes) = counted(|| {
        std::thread::spawn(|| std::mem::forget(vec![0_u8; 12_345]))
            .join()
            .expect("it does not panic");
        let mut vec = Vec::<u8>::with_capacity(10);
        vec.reserve_exact(1000);
        vec
    });
    let around = bytes.expect("this binary counts").checked_sub(one.capacity() as u64);
    // What starting a thread leaves behind on this one.
    assert!(around.is_some_and(|bytes| bytes < 12_345), "{bytes:?}");
    let (boxed, bytes) = counted(|| Box::new([0_u8; 100]));
    assert_eq!((boxed.len(), bytes), (100, Some(100)));
    assert_eq!(counted(|| drop(boxed)).1, Some(0), "what is freed is no cost");
}

#[test]
fn a_task_of_ours_takes_its_future_and_96_bytes_at_the_most_and_one_of_tokios_more() {
    let (ours, tokio) = (on_ours::task::cost(10_000), on_tokio::task::cost(10_000));
    let [ours, tokio] = [ours, tokio].map(|cost: Cost| cost.memory.expect("this binary counts"));
    let future = on_ours::task::future() as u64;
    assert!(
        (future..=future.next_multiple_of(8) + 96).contains(&ours),
        "{ours}, of which {future} its future"
    );
    assert!(ours < tokio && tokio < PAGE, "{ours} {tokio}");
}

#[test]
fn an_argument_that_lives_across_an_await_is_kept_twice() {
    const ARRAY: usize = 1024;
    async fn holds(array: [u8; ARRAY]) {
        std::future::ready(()).await;
        std::hint::black_box(&array);
    }
    async fn passes_on(array: [u8; ARRAY]) {
        holds(array).await;
    }
    let array = [0; ARRAY];
    let block = async move {
        std::future::ready(()).await;
        std::hint::black_box(&array);
    };
    let [once, twice, more] =
        [size_of_val(&block), size_of_val(&holds(array)), size_of_val(&passes_on(array))];
    assert!((ARRAY..ARRAY + 64).contains(&once), "{once}");
    assert!((2 * ARRAY..2 * ARRAY + 64).contains(&twice), "{twice}");
    assert!((3 * ARRAY..=4 * ARRAY + 64).contains(&more), "{more}");
}
