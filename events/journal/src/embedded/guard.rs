//! The parent's death where the kernel does not tell of it (macOS): a shell waits at a pipe whose other end we hold. When
//! we are gone, however we went, it reads the end of the file and stops the server.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::process::Pid;

/// Stops a process when this program ends; disarmed when dropped.
#[derive(Debug)]
pub(super) struct Guard {
    shell: Child,
    _held: Option<ChildStdin>,
}

impl Guard {
    pub(super) fn over(pid: Pid) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh")
            .args(["-c", "read -r _; kill -INT \"$1\"", "sh", &pid.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let held = shell.stdin.take();
        Ok(Self { shell, _held: held })
    }
}

impl Drop for Guard {
    /// The shell goes before the pipe is closed: the server's process id may be another's by now.
    fn drop(&mut self) {
        let killed = self.shell.kill().and_then(|()| self.shell.wait());
        if let Err(error) = killed {
            tracing::warn!(%error, "cannot end the shell that guards PostgreSQL");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal};

    use super::Guard;

    fn server() -> (Child, Pid) {
        let child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_child(&child);
        (child, pid)
    }

    #[test]
    fn the_end_of_the_pipe_interrupts_the_server() {
        let (mut child, pid) = server();
        let mut guard = Guard::over(pid).unwrap();

        guard._held = None;

        assert_eq!(child.wait().unwrap().signal(), Some(Signal::INT.as_raw()));
        assert!(guard.shell.wait().unwrap().success());
    }

    #[test]
    fn a_guard_that_is_dropped_leaves_the_process_alone() {
        let (mut child, pid) = server();

        drop(Guard::over(pid).unwrap());

        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
