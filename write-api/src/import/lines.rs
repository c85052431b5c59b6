//! Lines of bytes of a file that nobody vouches for: bounded memory, whatever the file holds.

use std::io::{self, BufRead, ErrorKind};

/// One line, without its line feed and without the carriage return before it.
pub(super) struct RawLine<'a> {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// Its bytes, or the first of them.
    pub(super) bytes: &'a [u8],
    /// It is longer than the limit, and the rest was passed over.
    pub(super) cut: bool,
}

/// Reads lines, keeping no more than `limit` bytes of any.
pub(super) struct Lines<R> {
    input: R,
    limit: usize,
    number: u64,
    bytes_read: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self { input, limit, number: 0, bytes_read: 0, buffer: Vec::new() }
    }

    /// The number of the line read last; 0 before the first.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The bytes read so far, line ends and passed-over ones included.
    pub(super) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next line, or none at the end of the file; a last line without a line feed is one too.
    pub(super) fn next_line(&mut self) -> io::Result<Option<RawLine<'_>>> {
        self.buffer.clear();
        let mut started = false;
        let mut cut = false;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                if !started {
                    return Ok(None);
                }
                break;
            }
            started = true;
            let mut parts = available.splitn(2, |byte| *byte == b'\n');
            let part = parts.next().unwrap_or_default();
            let ended = parts.next().is_some();
            let (kept, passed_over) = part.split_at_checked(self.limit - self.buffer.len()).unwrap_or((part, &[]));
            self.buffer.extend_from_slice(kept);
            cut |= !passed_over.is_empty();
            let consumed = part.len() + usize::from(ended);
            self.bytes_read += consumed as u64;
            self.input.consume(consumed);
            if ended {
                break;
            }
        }
        self.number += 1;
        let bytes = self.buffer.strip_suffix(b"\r").unwrap_or(&self.buffer);
        Ok(Some(RawLine { number: self.number, bytes, cut }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn all(input: &[u8], limit: usize, chunk: usize) -> Vec<(Vec<u8>, bool)> {
        let mut lines = Lines::new(BufReader::with_capacity(chunk, input), limit);
        let mut read = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            read.push((line.bytes.to_vec(), line.cut));
        }
        read
    }

    #[test]
    fn line_ends_of_every_system_and_none_at_the_end() {
        let read = all(b"a\r\n\nb\rc\nd", 10, 2);
        assert_eq!(read.iter().map(|(bytes, _)| bytes.as_slice()).collect::<Vec<_>>(), [&b"a"[..], b"", b"b\rc", b"d"]);
    }

    #[test]
    fn a_line_past_the_limit_is_cut_and_the_next_one_whole() {
        assert_eq!(all(b"abcdef\nabc\n", 3, 2), [(b"abc".to_vec(), true), (b"abc".to_vec(), false)]);
    }

    proptest! {
        #[test]
        fn agrees_with_splitting_the_whole(input in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'x')], 0..60), chunk in 1usize..9) {
            let mut whole: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
            if whole.last().is_some_and(|last| last.is_empty()) {
                whole.pop();
            }
            let read = all(&input, 100, chunk);
            prop_assert_eq!(read.iter().map(|(bytes, _)| bytes.as_slice()).collect::<Vec<_>>(), whole);
        }
    }
}
