#!/usr/bin/env bash
# Lwt 5.6.1 (OCaml): a task that waits for a member of a `Lwt_pool` waits on, though the pool has room, after the creation of a member for another task has
# failed, and after a member was thrown away by `check`; a task that comes later is served at once.
# Guess: what fails is the creation for that one task; the first in the queue has the room then, and a member is created for it.
# Why: a waiter is woken by a member that is given back (or that `validate` replaces). A creation that fails, and a `check` that answers false, lower
#   the count of members, and wake nobody. So after a database that was away for a moment the tasks that had come in the meantime wait for ever, without an
#   error, if no other use gives a member back; a pool of many members hides it as long as one of them is in use.
# Source: Lwt's src/core/lwt_pool.ml (`create_member`, `check_and_release`); pull request 1121 of Lwt, of July 2026, wakes a waiter after `check`.
. "$(dirname "$0")/run.bash"
debian ocaml=4.13.1-4 ocaml-base=4.13.1-4 liblwt-ocaml-dev=5.6.1-1+b1 libocplib-endian-ocaml-dev=1.2-1+b1 libev-dev=1:4.33-1 libev4=1:4.33-1
cat >"$work/finding.ml" <<'ML'
open Lwt.Infix

let within limit task = Lwt.pick [ (task >|= fun () -> "is served"); (Lwt_unix.sleep limit >|= fun () -> "waits on") ]

(* The first task fails at the limit, with the second one behind it; then a third comes. *)
let show name pool first =
  let first = Lwt.catch (fun () -> Lwt_pool.use pool first) (fun _ -> Lwt.return ()) in
  let second = Lwt_pool.use pool (fun _ -> Lwt.return ()) in
  first >>= fun () ->
  within 1. second >>= fun second ->
  within 1. (Lwt_pool.use pool (fun _ -> Lwt.return ())) >|= fun third ->
  Printf.printf "%s: the task that waits %s, one that comes later %s\n%!" name second third

let later outcome = Lwt_unix.sleep 0.1 >>= fun () -> outcome ()

let () =
  Lwt_main.run
    (let made = ref 0 in
     let create () = incr made; if !made = 1 then later (fun () -> Lwt.fail Exit) else Lwt.return () in
     show "the first creation fails" (Lwt_pool.create 1 create) (fun () -> Lwt.return ()) >>= fun () ->
     let check _ valid = valid false in
     show "check throws the member away" (Lwt_pool.create 1 ~check Lwt.return) (fun () -> later (fun () -> Lwt.fail Exit)) >>= fun () ->
     show "the member is given back" (Lwt_pool.create 1 Lwt.return) (fun () -> later (fun () -> Lwt.fail Exit)))
ML
export OCAMLLIB=$work/root/usr/lib/ocaml LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
ocamlopt -thread -I "$OCAMLLIB/lwt" -I "$OCAMLLIB/lwt/unix" -I "$OCAMLLIB/ocplib-endian" \
    unix.cmxa threads.cmxa ocplib_endian.cmxa lwt.cmxa lwt_unix.cmxa "$work/finding.ml" -o "$work/finding"
"$work/finding" | tee "$work/output"
holds <<'END'
the first creation fails: the task that waits waits on, one that comes later is served
check throws the member away: the task that waits waits on, one that comes later is served
the member is given back: the task that waits is served, one that comes later is served
END
