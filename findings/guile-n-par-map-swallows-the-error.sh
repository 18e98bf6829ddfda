#!/usr/bin/env bash
# Guile 3.0.8: `n-par-map` answers `()` for an item whose procedure raised, and `n-par-for-each` returns as if all were done; `par-map` and `par-for-each`
# raise. And `join-thread` of a thread that raised returns, with no values; `touch` of a future raises.
# Guess: all six raise in who waits: `n-par-map` is `par-map` with a limit, and to join is how one hears of a thread's end.
# Why: `par-map` is made of futures, which keep the exception; the n- forms are made of threads, whose outermost handler prints the exception on the
#   standard error and ends them. The result's place keeps what it was made with, the empty list, and the thread takes no further item. So who adds a limit
#   of threads to a program loses its errors; `()` goes on as a result. A handler inside of the procedure has to keep them.
# Source: Guile's module/ice-9/threads.scm (`n-par-map`, `join-thread`); its manual, "Parallel forms", does not say it.
. "$(dirname "$0")/run.bash"
debian guile-3.0=3.0.8-2 guile-3.0-libs=3.0.8-2 libgc1=1:8.2.2-3
cat >"$work/finding.scm" <<'SCHEME'
(use-modules (ice-9 futures) (ice-9 threads))

(define (outcome thunk)
  (catch 'refused
    (lambda () (call-with-values thunk (lambda values `(returns ,@values))))
    (lambda _ '(raises))))

(define-syntax-rule (show name form)
  (begin (display name) (display ": ") (display (outcome (lambda () form))) (newline)))

(define done 0)
(define (square item)
  (if (= item 2) (throw 'refused))
  (set! done (+ done 1))
  (* item item))

(show "par-map" (par-map square '(1 2 3 4)))
(show "n-par-map" (n-par-map 2 square '(1 2 3 4)))
(set! done 0)
(show "n-par-map with one thread" (n-par-map 1 square '(1 2 3 4)))
(show "items that one thread has done" done)
(show "par-for-each" (begin (par-for-each square '(1 2 3 4)) 'done))
(show "n-par-for-each" (begin (n-par-for-each 2 square '(1 2 3 4)) 'done))
(show "touch" (touch (future (square 2))))
(show "join-thread" (join-thread (call-with-new-thread (lambda () (square 2)))))
SCHEME
libraries=$work/root/usr/lib/x86_64-linux-gnu
GUILE_AUTO_COMPILE=0 LD_LIBRARY_PATH=$libraries GUILE_LOAD_PATH=$work/root/usr/share/guile/3.0 \
    GUILE_LOAD_COMPILED_PATH=$libraries/guile/3.0/ccache \
    "$libraries/guile/3.0/bin/guile" "$work/finding.scm" 2>"$work/errors" | tee "$work/output"
holds <<'END'
par-map: (raises)
n-par-map: (returns (1 () 9 16))
n-par-map with one thread: (returns (1 () () ()))
items that one thread has done: (returns 1)
par-for-each: (raises)
n-par-for-each: (returns done)
touch: (raises)
join-thread: (returns)
END
