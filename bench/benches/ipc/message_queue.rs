//! A POSIX message queue, which macOS does not have.

use nix::mqueue::{MQ_OFlag, MqAttr, MqdT, mq_open, mq_receive, mq_send, mq_unlink};
use nix::sys::stat::Mode;

use crate::means::{Means, Receives, Sends, look};

pub(crate) struct MessageQueue;

pub(crate) struct Queue(MqdT, Vec<u8>);

impl Means for MessageQueue {
    const NAME: &'static str = "message queue";
    /// What a queue may hold, if nobody has allowed it more.
    const LARGEST: usize = 8192;
    type Sends = Queue;
    type Receives = Queue;
    fn channel(size: usize) -> (Queue, Queue) {
        let name = format!("/bench-ipc-{}", std::process::id());
        let attributes = MqAttr::new(0, 10, size as nix::mqueue::mq_attr_member_t, 0);
        let flags = MQ_OFlag::O_CREAT | MQ_OFlag::O_EXCL | MQ_OFlag::O_RDWR;
        let open = |flags| mq_open(&*name, flags, Mode::S_IRUSR | Mode::S_IWUSR, Some(&attributes));
        let (one, other) = (open(flags), open(MQ_OFlag::O_RDWR));
        mq_unlink(&*name).expect("it was just made");
        (
            Queue(one.expect("there is room for it"), vec![]),
            Queue(other.expect("it was just made"), vec![0; size]),
        )
    }
}

impl Sends for Queue {
    fn send(&mut self, message: &[u8]) {
        mq_send(&self.0, message, 0).expect("it was opened");
    }
}

impl Receives for Queue {
    fn look(&mut self) -> u64 {
        mq_receive(&self.0, &mut self.1, &mut 0).expect("it was opened");
        look(&self.1)
    }
    fn receive(&mut self, message: &mut Vec<u8>) {
        mq_receive(&self.0, message, &mut 0).expect("it was opened");
    }
}
