//! A wire between one process and PostgreSQL that can be cut, stalled, or made to lose answers.

use anyhow::Context;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How the wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wire {
    /// Connections of an earlier number have ended.
    cuts: u64,
    passes: Passes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passes {
    Everything,
    Nothing,
    Questions,
}

/// A listener whose connections all lead to PostgreSQL.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Where the process connects to.
    pub(crate) address: SocketAddr,
    wire: watch::Sender<Wire>,
    _listening: DropGuard,
}

impl Proxy {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn to(database: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let (wire, state) = watch::channel(Wire { cuts: 0, passes: Passes::Everything });
        let stop = CancellationToken::new();
        let accept = async move {
            while let Ok((process, _)) = listener.accept().await {
                tokio::spawn(join(process, database, state.clone()));
            }
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept));
        Ok(Self { address, wire, _listening: stop.drop_guard() })
    }

    /// Ends every connection.
    pub(crate) fn cut(&self) {
        self.wire.send_modify(|wire| *wire = Wire { cuts: wire.cuts + 1, passes: Passes::Everything });
    }

    /// Passes nothing for a while.
    pub(crate) async fn stall(&self, time: Duration) {
        self.wire.send_modify(|wire| wire.passes = Passes::Nothing);
        sleep_until(Instant::now() + time).await;
        self.wire.send_modify(|wire| wire.passes = Passes::Everything);
    }

    /// Passes questions and loses answers for a while, then ends every connection.
    pub(crate) async fn lose_answers(&self, time: Duration) {
        self.wire.send_modify(|wire| wire.passes = Passes::Questions);
        sleep_until(Instant::now() + time).await;
        self.cut();
    }
}

/// Connects one end to the other until one of them ends or the wire is cut.
async fn join(process: TcpStream, database: SocketAddr, mut wire: watch::Receiver<Wire>) {
    let cuts = wire.borrow().cuts;
    let Ok(database) = TcpStream::connect(database).await else { return };
    // Without it a query of two packets waits for the delayed acknowledgement of the first.
    let _ = (process.set_nodelay(true), database.set_nodelay(true));
    let ((questions, answer), (answers, question)) = (process.into_split(), database.into_split());
    tokio::select! {
        _ = pump(questions, question, wire.clone(), false) => {}
        _ = pump(answers, answer, wire.clone(), true) => {}
        _ = wire.wait_for(|wire| wire.cuts != cuts) => {}
    }
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut wire: watch::Receiver<Wire>,
    answers: bool,
) -> Option<()> {
    let mut buffer = vec![0; 16_384];
    loop {
        let length = from.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        let passes = wire.wait_for(|wire| wire.passes != Passes::Nothing).await.ok()?.passes;
        if passes == Passes::Everything || !answers {
            to.write_all(buffer.get(..length)?).await.ok()?;
        }
    }
}
