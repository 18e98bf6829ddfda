//! What processes share that know a name, or a process number: fifos, message queues, sockets,
//! semaphores, signals, locked files.

use std::io::ErrorKind;

use process_sharing::semaphore::{Crowd, Semaphore};
use process_sharing::{fifo, file_lock, names::Names, semaphore, socket};

use crate::program;

checks::within_a_minute! {
#[test]
fn a_reader_and_a_writer_meet_at_a_fifo_by_its_path() {
    assert_eq!(fifo::by_name(program()).expect("both end"), "hello");
}

#[test]
fn who_opens_a_fifo_without_waiting_is_told_that_nobody_reads() {
    assert_eq!(fifo::asked_first(program()).expect("the writer ends"), "no reader");
}

#[test]
fn a_fifos_input_ends_with_the_last_writer_unless_the_reader_is_one() {
    assert_eq!(fifo::early_end(program()).expect("all end"), "one");
    assert_eq!(fifo::kept_open(program()).expect("all end"), "one two");
}

#[test]
fn a_client_and_a_server_meet_at_a_socket_and_the_kernel_says_who_it_is() {
    let (asked, answered, known) = socket::by_path(program()).expect("the client ends");
    assert_eq!((asked.as_str(), answered.as_str(), known), ("what", "123", true));
}

#[test]
fn a_descriptor_that_is_passed_opens_the_file_and_its_number_does_not() {
    assert_eq!(socket::number_passed(program()).expect("the client ends"), None);
    assert_eq!(socket::descriptor_passed(program()).expect("the client ends").as_deref(), Some("from the client"));
}

#[test]
fn a_stream_has_no_borders_between_writes_and_a_seqpacket_has() {
    assert_eq!(socket::stream(program()).expect("the client ends"), "onetwo");
    assert_eq!(socket::seqpacket(program()).expect("the client ends"), "one");
}

#[test]
fn a_path_that_a_killed_server_left_is_in_the_way_until_it_is_taken_over() {
    assert_eq!(socket::bound_again(program()).expect("it was bound"), Some(ErrorKind::AddrInUse));
    assert_eq!(socket::taken_over(program()).expect("it was bound"), None);
}

#[test]
fn a_path_at_which_someone_listens_is_not_taken_over() {
    let names = Names::new(program()).expect("the sweeper starts");
    let path = names.path("socket");
    let _listens = socket::bind_or_take_over(&path).expect("it is free");
    let error = socket::bind_or_take_over(&path).expect_err("someone listens");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[test]
fn without_a_semaphore_all_are_inside_at_once_and_with_it_two() {
    assert_eq!(semaphore::free_for_all(program()).expect("all end"), Crowd { most: 5, came: 5 });
    assert_eq!(semaphore::limited(program()).expect("all end"), Crowd { most: 2, came: 5 });
}

#[test]
fn the_permit_of_a_process_that_was_killed_is_lost() {
    assert!(!semaphore::killed_inside(program()).expect("it came in"));
}

#[test]
fn a_semaphore_gives_as_many_permits_as_it_has() {
    let names = Names::new(program()).expect("the sweeper starts");
    let one = Semaphore::create(&names.word(), 2).expect("it is new");
    let other = Semaphore::open(&names.word()).expect("it is there");
    let got = [&one, &other, &one, &other].map(|semaphore| semaphore.try_wait().expect("it is open"));
    assert_eq!(got, [true, true, false, false]);
    other.post().expect("it is open");
    assert!(one.try_wait().expect("it is open"));
}

#[test]
fn both_read_before_either_writes_unless_the_file_is_locked() {
    assert_eq!(file_lock::without(program()).expect("both end"), 1);
    assert_eq!(file_lock::locked(program()).expect("both end"), 2);
}

#[test]
fn a_file_is_unlocked_when_the_holder_is_killed() {
    assert_eq!(file_lock::holder_killed(program()).expect("the other ends"), 1);
}

#[test]
fn a_file_that_is_opened_and_closed_once_more_loses_its_posix_lock_and_no_other() {
    assert!(file_lock::posix_dropped(program()).expect("both end"));
    assert!(!file_lock::flock_kept(program()).expect("both end"));
}
}

#[cfg(target_os = "linux")]
mod on_linux {
    use process_sharing::message_queue::{self, Mailbox, Outcome};
    use process_sharing::names::Names;
    use process_sharing::signal;

    use crate::program;

    checks::within_a_minute! {
    #[test]
    fn the_highest_priority_comes_first_and_of_one_priority_the_oldest() {
        let Outcome { received, name_stays } = message_queue::priorities(program()).expect("both end");
        assert_eq!(received, ["urgent", "a", "b"]);
        assert!(!name_stays);
    }

    #[test]
    fn a_message_queue_outlives_everyone_until_it_is_unlinked() {
        let Outcome { received, name_stays } = message_queue::left_behind(program()).expect("both end");
        assert_eq!(received, ["forgotten"]);
        assert!(name_stays);
    }

    #[test]
    fn a_full_message_queue_says_so() {
        assert_eq!(message_queue::full(program()).expect("the sender ends"), "no room for e");
    }

    #[test]
    fn a_message_that_is_too_long_is_an_error_and_not_cut() {
        let names = Names::new(program()).expect("the sweeper starts");
        let mailbox = Mailbox::create(&names.word()).expect("it is new");
        mailbox.send(&"x".repeat(65), 0).expect_err("there is room for 64 bytes");
        assert_eq!(mailbox.receive().expect("it is open"), None);
    }

    #[test]
    fn a_standard_signal_that_is_sent_five_times_comes_once() {
        assert_eq!(signal::standard(program()).expect("the child ends"), ["USR1", "USR2"]);
    }

    #[test]
    fn a_real_time_signal_comes_as_often_as_it_is_sent_in_order_and_with_its_number() {
        assert_eq!(signal::real_time(program()).expect("the child ends"), ["1", "2", "3", "4", "5"]);
    }

    #[test]
    fn a_signal_that_nobody_has_prepared_for_ends_the_process() {
        assert_eq!(signal::unprepared(program()).expect("the child starts"), Some(libc::SIGUSR1));
    }

    #[test]
    fn a_signal_that_a_shell_has_ignored_still_ends_the_child() {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "trap '' USR1; exec \"$0\" signal --variant unprepared"]).arg(program());
        let output = shell.output().expect("there is a shell");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("SIGUSR1 has ended"), "{said}");
    }
    }
}
