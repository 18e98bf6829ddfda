//! One lock for all threads of an interpreter: what it keeps apart, when it is handed over, and
//! what it does not guard.

use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use threads_basics::bytecode::{Op, add_up, count, count_locked, count_read};
use threads_basics::real::gil::machine::Machine;
use threads_basics::real::gil::{Gil, Guard, Looks, Plan, Ran, Values, run};

const HOUR: Duration = Duration::from_secs(3600);

fn gil(interval: Duration, looks: Looks) -> Guard {
    Guard::Gil { interval: Some(interval), looks }
}

fn plan(program: &[Op], threads: usize, guard: Guard) -> Plan {
    let (programs, values) = (vec![program.to_vec(); threads], Values::Numbers);
    Plan { programs, guard, values, input: Duration::ZERO, told: false }
}

fn ran(program: &[Op], threads: usize, guard: Guard) -> Ran {
    run(&plan(program, threads, guard))
}

#[test]
fn a_lock_that_is_let_go_without_a_request_is_not_waited_for() {
    let gil = Gil::new(Some(Duration::from_millis(5)));
    gil.acquire(1);
    gil.release(1);
    gil.acquire(1);
    assert!(!gil.wanted());
    gil.release(1);
    assert_eq!(gil.switches(), 0);
}

checks::within_a_minute! {

    #[test]
    fn the_programs_own_lock_needs_no_interpreters_lock() {
        assert_eq!(ran(&count_locked(20_000), 4, Guard::Nothing).count, 80_000);
    }

    #[test]
    fn it_loses_one_all_the_same_where_the_lock_is_let_go_between_load_and_store() {
        assert_eq!(ran(&count_read(), 2, gil(HOUR, Looks::JumpsBack)).count, 1);
    }

    #[test]
    fn nobody_is_interrupted_before_the_interval_is_over() {
        let ran = ran(&count(50_000), 2, gil(HOUR, Looks::EveryOpcode));
        assert_eq!((ran.count, ran.switches), (100_000, 1), "one thread after the other");
    }

    // The holder ends only when it is asked.
    #[test]
    fn a_thread_that_waits_for_longer_than_the_interval_asks_for_the_lock() {
        let gil = Arc::new(Gil::new(Some(Duration::from_millis(1))));
        gil.acquire(1);
        let theirs = Arc::clone(&gil);
        let other = thread::spawn(move || {
            theirs.acquire(2);
            let wanted = theirs.wanted();
            theirs.release(2);
            wanted
        });
        while !gil.wanted() {
            thread::yield_now();
        }
        gil.release(1);
        assert_eq!(gil.switches(), 1, "who was asked has waited until the other had it");
        assert!(!other.join().expect("it takes a lock"), "with the lock taken, the request is settled");
    }

    // The first of the two lets the lock go when it is asked, and so not before the end of the
    // world if the request is gone.
    #[test]
    fn a_thread_that_takes_the_lock_leaves_the_requests_of_the_others_standing() {
        let (gil, taken) = (Gil::new(None), AtomicU32::new(0));
        gil.acquire(1);
        thread::scope(|scope| {
            for me in [2, 3] {
                let (gil, taken) = (&gil, &taken);
                scope.spawn(move || {
                    gil.acquire(me);
                    let number = taken.fetch_add(1, Relaxed) + 1;
                    while number < 2 && !gil.wanted() {
                        thread::yield_now();
                    }
                    gil.release(me);
                });
            }
            while !format!("{gil:?}").contains("waiting: 2") {
                thread::yield_now();
            }
            gil.release(1);
        });
        assert_eq!((taken.into_inner(), gil.switches(), gil.wanted()), (2, 2, false));
    }

    #[test]
    fn a_program_that_panics_gives_the_lock_back() {
        let machine = Machine::new(&plan(&[], 2, gil(HOUR, Looks::EveryOpcode)));
        let (machine, broken) = (&machine, [Op::Add]);
        assert!(catch_unwind(std::panic::AssertUnwindSafe(|| machine.run(0, &broken))).is_err());
        assert_eq!(machine.run(1, &add_up(10)), 55);
    }
}
