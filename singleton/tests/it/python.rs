//! What the README says of Python, asked of Python where there is one.

use checks::python;

/// Five threads ask for a `Config`, whose constructor waits at a barrier until all five are in it,
/// or for a moment.
fn five_threads(patience: &str, new: &str) -> Option<String> {
    python(&format!(
        "
import threading
together = threading.Barrier(5)
def construct(cls):
    try: together.wait(timeout={patience})
    except threading.BrokenBarrierError: pass
    built.append(1)
    return object.__new__(cls)
built = []
class Config:
    lock = threading.RLock()
{new}
found = []
threads = [threading.Thread(target=lambda: found.append(Config())) for _ in range(5)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(built), len(set(map(id, found))))
"
    ))
}

#[test]
fn pythons_plain_objects_are_told_apart_while_both_are_alive() {
    let script = "
class Config: pass
one, other = Config(), Config()
print(one is other, id(one) == id(other))
";
    if let Some(said) = python(script) {
        assert_eq!(said, "False False");
    }
}

#[test]
fn a_class_that_remembers_its_instance_makes_five_of_it_in_python_too() {
    let said = five_threads(
        "60",
        "
    def __new__(cls):
        if not hasattr(cls, 'instance'):
            cls.instance = new = construct(cls)
            return new
        return cls.instance
",
    );
    if let Some(said) = said {
        assert_eq!(said, "5 5");
    }
}

#[test]
fn so_does_one_that_checks_twice_and_creates_outside_its_lock() {
    let said = five_threads(
        "60",
        "
    def __new__(cls):
        missing = False
        if not hasattr(cls, 'instance'):
            with cls.lock:
                missing = not hasattr(cls, 'instance')
        if missing:
            cls.instance = new = construct(cls)
            return new
        return cls.instance
",
    );
    if let Some(said) = said {
        assert_eq!(said, "5 5");
    }
}

#[test]
fn and_one_that_creates_inside_its_lock_makes_one() {
    let said = five_threads(
        "0.05",
        "
    def __new__(cls):
        if not hasattr(cls, 'instance'):
            with cls.lock:
                if not hasattr(cls, 'instance'):
                    cls.instance = construct(cls)
        return cls.instance
",
    );
    if let Some(said) = said {
        assert_eq!(said, "1 1");
    }
}
