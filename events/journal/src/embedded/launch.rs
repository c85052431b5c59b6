//! How PostgreSQL's programs are started: as whom, with which environment, and bound to our life.

use std::path::Path;
use std::process::{Command, Stdio};

#[cfg(target_os = "linux")]
use rustix::process::Signal;

use super::server_user::ServerUser;

/// `program` as `user`, away from the terminal's signals (Ctrl-C is for the program that drains first), with none of
/// the caller's environment (`PGDATA`, `PGPORT`, `LD_LIBRARY_PATH` …) and in one language.
pub(super) fn command(program: &Path, user: &ServerUser) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new(program);
    command
        .env_clear()
        .envs([("LC_ALL", "C"), ("TZ", "UTC"), ("PATH", "/usr/local/bin:/usr/bin:/bin")])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(0);
    user.run(&mut command);
    command
}

/// Makes the kernel send `signal` to the child when the *thread* that spawns it ends: that thread has to outlive it.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "a signal for the parent's death can only be asked for by the child, between fork and exec"
)]
pub(super) fn die_with_thread(command: &mut Command, signal: Signal) {
    use std::io;
    use std::os::unix::process::CommandExt;

    use rustix::io::Errno;
    use rustix::process::{getpid, getppid, set_parent_process_death_signal};

    let parent = getpid();
    let ask = move || -> io::Result<()> {
        set_parent_process_death_signal(Some(signal))?;
        // The parent may have died before it was asked for.
        if getppid() == Some(parent) { Ok(()) } else { Err(Errno::SRCH.into()) }
    };
    // SAFETY: `ask` makes two system calls and touches neither memory nor locks. std runs it after it has changed the
    // user id, which would have cleared the request.
    unsafe {
        command.pre_exec(ask);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::command;
    use crate::embedded::server_user::ServerUser;

    #[test]
    fn a_server_inherits_nothing_of_the_callers_environment() {
        let user = ServerUser::find(None).unwrap();
        let output = command(Path::new("/usr/bin/env"), &user).stdout(std::process::Stdio::piped()).output().unwrap();

        let environment = String::from_utf8(output.stdout).unwrap();
        let mut names: Vec<&str> = environment.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        names.sort_unstable();
        assert_eq!(names, ["LC_ALL", "PATH", "TZ"]);
    }
}
