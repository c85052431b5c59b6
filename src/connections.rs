//! Connections: how many at once, and how long one may keep its place without asking for anything.

use crate::config;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Open files that are left to everything else: pools, attachments, a private server’s pipes.
const OTHER_FILES: u64 = 256;

/// What the connections of one address are bound by.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    connections: usize,
    header_timeout: Duration,
}

impl Bounds {
    /// Those of the settings, as far as the limit of open files allows, which is raised as high as it may be.
    pub fn of(config: &config::Server) -> Self {
        let files = open_files().unwrap_or(u64::MAX).saturating_sub(OTHER_FILES).max(1);
        let connections = usize::try_from(files.min(config.connections.into())).unwrap_or(Semaphore::MAX_PERMITS);
        Self { connections, header_timeout: Duration::from_millis(config.header_timeout_ms) }
    }
}

/// How many files may be open, after the limit is raised to the highest that this process may; none for no limit.
fn open_files() -> Option<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(error = %error, "the limit of open files stays as it is");
    }
    getrlimit(Resource::Nofile).current
}

/// Answers with `routes` until `stop`; then ends connections that ask for nothing at once, and the others after what is
/// under way on them.
pub async fn accept(mut listener: TcpListener, routes: Router, bounds: Bounds, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, Listener::accept(&mut listener).await)
        };
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            (place, (stream, address)) = next => {
                let connection = answer(stream, address, routes.clone(), bounds.header_timeout, stop.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// HTTP/1.1 on one connection. Its errors are those of its client, which learns of them.
async fn answer(
    stream: TcpStream,
    address: SocketAddr,
    routes: Router,
    header_timeout: Duration,
    stop: CancellationToken,
) {
    let asked = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        routes.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(header_timeout);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // What has come before the end is still answered.
        biased;
        _ = connection.as_mut() => return,
        () = stop.cancelled() => {}
    }
    if asked.load(Ordering::Relaxed) {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use futures::{StreamExt, stream};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    const PATIENCE: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(3600);
    const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: portal\r\n";
    const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nHost: portal\r\n\r\n";

    struct Served {
        address: SocketAddr,
        stop: CancellationToken,
        ended: JoinHandle<()>,
    }

    impl Served {
        async fn with(routes: Router, connections: usize, header_timeout: Duration) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
            let bounds = Bounds { connections, header_timeout };
            let ended = tokio::spawn(accept(listener, routes, bounds, stop.clone()));
            Self { address, stop, ended }
        }

        async fn sent(&self, bytes: &[u8]) -> TcpStream {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            stream
        }

        async fn end(self) {
            self.stop.cancel();
            timeout(PATIENCE, self.ended).await.expect("it ends").unwrap();
        }
    }

    fn hello() -> Router {
        Router::new().route("/", get(|ConnectInfo(_): ConnectInfo<SocketAddr>| async { "hello" }))
    }

    async fn until(stream: &mut TcpStream, end: &str) {
        let (mut read, mut buffer) = (String::new(), [0; 512]);
        while !read.ends_with(end) {
            let count = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("an answer in time").unwrap();
            assert_ne!(count, 0, "closed after {read:?}");
            read.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        }
    }

    async fn closed(stream: &mut TcpStream) {
        let mut rest = Vec::new();
        // A client that is cut off may be told so by a reset.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("closed in time");
    }

    #[tokio::test]
    async fn half_a_header_and_silence_are_closed_in_time() {
        let served = Served::with(hello(), 8, SHORT).await;
        for said in [HALF, b"", b"G"] {
            closed(&mut served.sent(said).await).await;
        }
        let mut kept = served.sent(WHOLE).await;
        until(&mut kept, "hello").await;
        closed(&mut kept).await;
        served.end().await;
    }

    #[tokio::test]
    async fn connections_that_say_nothing_do_not_keep_others_out() {
        let served = Served::with(hello(), 4, SHORT).await;
        let mut half = Vec::new();
        for _ in 0..12 {
            half.push(served.sent(HALF).await);
        }
        until(&mut served.sent(WHOLE).await, "hello").await;
        served.end().await;
    }

    #[tokio::test]
    async fn the_end_waits_for_no_connection_that_asks_for_nothing() {
        let served = Served::with(hello(), 8, LONG).await;
        let _idle = (served.sent(HALF).await, served.sent(b"").await);
        let mut kept = served.sent(WHOLE).await;
        until(&mut kept, "hello").await;
        let mut again = served.sent(WHOLE).await;
        until(&mut again, "hello").await;
        again.write_all(HALF).await.unwrap();
        served.end().await;
    }

    #[tokio::test]
    async fn a_long_answer_outlasts_the_time_for_a_header_and_the_end() {
        let (parts, receiver) = mpsc::channel::<&'static str>(1);
        let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
        let routes = Router::new().route(
            "/",
            get(move || async move {
                let receiver = receiver.lock().unwrap().take();
                let parts = stream::unfold(receiver, |receiver| async {
                    let mut receiver = receiver?;
                    receiver.recv().await.map(|part| (part, Some(receiver)))
                });
                Body::from_stream(parts.map(Ok::<_, std::convert::Infallible>))
            }),
        );
        let served = Served::with(routes, 8, SHORT).await;
        let mut long = served.sent(WHOLE).await;
        parts.send("one").await.unwrap();
        until(&mut long, "one\r\n").await;
        // The time for a header passes.
        closed(&mut served.sent(HALF).await).await;
        parts.send("two").await.unwrap();
        until(&mut long, "two\r\n").await;
        served.stop.cancel();
        parts.send("three").await.unwrap();
        until(&mut long, "three\r\n").await;
        drop(parts);
        until(&mut long, "0\r\n\r\n").await;
        served.end().await;
    }
}
