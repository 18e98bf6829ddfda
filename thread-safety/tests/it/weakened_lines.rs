//! The lines that `--weaken` weakens: each is noticed by whom the screen says, and as it should be it
//! is noticed by none.

use thread_safety::loom::weakened as under_loom;
use thread_safety::model::weakened as modelled;
use thread_safety::real::weakened as here;

#[test]
fn each_weakened_line_is_noticed_first_by_one_of_four() {
    let lessons = ["lost-update", "publication", "torn-read"];
    let mutants = checks::who_notices(env!("CARGO_BIN_EXE_thread-safety"), &lessons);
    assert_eq!(mutants.len(), 7);
    // What this machine shows is its own affair; the model checkers say the same on each.
    let only = |fails| mutants.iter().filter(|one| one.fails[1..] == fails).count();
    assert_eq!(
        (only([true, true]), only([false, true]), only([false, false])),
        (2, 4, 1),
        "{mutants:?}"
    );
}

#[test]
fn as_they_should_be_they_pass_on_this_machine_in_every_schedule_and_in_every_execution() {
    type Test = fn(&'static str) -> bool;
    let real_tests: [Test; 3] = [here::counter, here::publication, here::seq_lock];
    assert!((0..100).all(|_| real_tests.iter().all(|test| test(""))));
    let models: [Test; 3] = [modelled::counter, modelled::publication, modelled::seq_lock];
    for model in models {
        let model = stage::outcomes(vec![true], move || model(""));
        let found = stage::explore(&stage::Bound::default(), &model);
        assert!(found.differ.whole() && !found.failed(), "{:?}", found.differ);
    }
    let loom_tests: [Test; 3] =
        [under_loom::counter, under_loom::publication, under_loom::seq_lock];
    for test in loom_tests {
        loom::model(move || assert!(test("")));
    }
}
