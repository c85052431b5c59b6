//! Whether a process id is that of a server on a given cluster, and not of a zombie or of an unrelated process.

use std::path::Path;

use rustix::process::Pid;

/// A server is known by its command line, which everybody may read, and which a zombie no longer has.
#[cfg(target_os = "linux")]
pub(super) fn is_live_server(pid: Pid, cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    let Ok(command_line) = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_pid())) else { return false };
    let mut arguments = command_line.split(|byte| *byte == 0);
    arguments.any(|argument| argument == b"-D") && arguments.next() == Some(cluster.as_os_str().as_bytes())
}

/// A server is known by its command line as `ps` shows it, and a zombie by its state.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_live_server(pid: Pid, cluster: &Path) -> bool {
    let pid = pid.as_raw_pid().to_string();
    let output = std::process::Command::new("ps").args(["-ww", "-o", "stat=,command=", "-p", &pid]).output();
    output.is_ok_and(|output| {
        let line = String::from_utf8_lossy(&output.stdout);
        !line.trim_start().starts_with('Z') && line.contains(&format!("-D {} ", cluster.display()))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use rustix::process::Pid;

    use super::is_live_server;

    #[test]
    fn neither_an_unrelated_process_nor_a_zombie_is_a_server() {
        let cluster = Path::new("/data/cluster");
        assert!(!is_live_server(rustix::process::getpid(), cluster));

        let mut command = Command::new("sh");
        command.args(["-c", "read -r _", "-D", "/data/cluster"]).stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = Pid::from_child(&child);
        while !is_live_server(pid, cluster) {
            std::thread::yield_now();
        }
        assert!(!is_live_server(pid, Path::new("/data/other")));

        drop(child.stdin.take());
        while is_live_server(pid, cluster) {
            std::thread::yield_now();
        }
        assert!(
            rustix::process::test_kill_process(pid).is_ok(),
            "not reaped yet: the kernel still says that it exists"
        );
        child.wait().unwrap();
    }
}
