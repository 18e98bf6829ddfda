//! As much of HTTP as a driver on the same machine needs.

use std::io::{self, BufRead, ErrorKind};

/// Returns a request whose body is JSON.
pub(crate) fn request(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Reads the body of an answer whose length is told, whatever its status.
pub(crate) fn body(answer: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if answer.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let length: usize = length.ok_or(ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    answer.read_exact(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_ends_where_its_length_says() {
        let mut answer = &b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbodyrest"[..];
        assert_eq!(body(&mut answer).expect("it is whole"), b"body");
    }

    #[test]
    fn an_answer_that_breaks_off_is_an_error() {
        for cut in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo"] {
            assert!(body(&mut cut.as_bytes()).is_err(), "{cut:?}");
        }
    }
}
