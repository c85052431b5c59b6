//! What clients were answered against what is recorded. Each event bears the trace of the command that it came of.

use super::fold::{Account, body, text};
use super::leave::{LEDGER, Ledger, leave};
use super::{Findings, Promise};
use crate::evidence::{Event, Evidence};
use crate::history::{Answer, Ask, Command, History, Moment};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(super) fn check(history: &History, evidence: &Evidence, base: i64, findings: &mut Findings) {
    let mut recorded: BTreeMap<Uuid, Vec<&Event>> = BTreeMap::new();
    for event in evidence.events.iter().filter(|event| event.position > base) {
        let trace = event.trace.as_deref().and_then(|trace| Uuid::from_slice(trace).ok()).unwrap_or_default();
        recorded.entry(trace).or_default().push(event);
    }
    let first_sent = history.first_sent();
    for command in sent(history) {
        let events = recorded.remove(&command.trace).unwrap_or_default();
        match command.ask {
            Ask::LogIn { account, right } => login(&command, account, right, &events, evidence, findings),
            _ => keyed(&command, &events, evidence, findings),
        }
        refusals(&command, history, &first_sent, evidence, findings);
    }
    let (rebuilt, unasked): (Vec<&Event>, Vec<&Event>) =
        recorded.into_values().flatten().partition(|event| event.kind == "ProjectionRebuilt");
    rebuilds(history, &rebuilt, findings);
    // Agents are told of what ends with the year without asking.
    for event in unasked.into_iter().filter(|event| event.kind != "LossAnnounced") {
        findings.add(Promise::NothingTwice, format!("nobody asked for {} at {}", event.kind, event.position));
    }
}

/// Commands, each with the answers of all the times that it was sent.
fn sent(history: &History) -> Vec<Command> {
    let mut commands: BTreeMap<Uuid, Command> = BTreeMap::new();
    for command in &history.commands {
        commands
            .entry(command.trace)
            .and_modify(|known| {
                known.answers.extend(command.answers.iter().cloned());
                known.ended = known.ended.max(command.ended);
            })
            .or_insert_with(|| command.clone());
    }
    commands.into_values().collect()
}

/// What an operator did is on record once for each time that he was told so, and at most once for each time he asked.
fn rebuilds(history: &History, recorded: &[&Event], findings: &mut Findings) {
    let names: BTreeSet<&str> = history.rebuilds.iter().map(|rebuild| rebuild.projection).collect();
    let of = |event: &&&Event| text(&body(event), "projection");
    for event in recorded.iter().filter(|event| of(event).is_none_or(|name| !names.contains(name.as_str()))) {
        findings.add(Promise::NothingTwice, format!("nobody asked for {} at {}", event.kind, event.position));
    }
    for name in names {
        let asked = history.rebuilds.iter().filter(|rebuild| rebuild.projection == name);
        let (asked, done) = (asked.clone().count(), asked.filter(|rebuild| rebuild.done).count());
        let found = recorded.iter().filter(|event| of(event).as_deref() == Some(name)).count();
        findings.unless(found <= asked, Promise::NothingTwice, || {
            format!("{name} was to be rebuilt {asked} times, and is on record {found} times")
        });
        findings.unless(found >= done, Promise::NothingLost, || {
            format!("{name} was rebuilt {done} times, and is on record {found} times")
        });
    }
}

/// The type of an account's stream.
const ACCOUNT: &str = "account";

/// A stream, by its type and id.
type Stream = (&'static str, Uuid);

/// The events that the command makes when it is done: their kinds, and the stream of the first where it is known.
fn expected(ask: &Ask) -> (&'static [&'static str], Option<Stream>) {
    match ask {
        Ask::Provision => (&["AccountProvisioned", "UsernameAssigned"], None),
        Ask::Grant(account, _) => (&["RoleGranted"], Some((ACCOUNT, *account))),
        Ask::Revoke(account, _) => (&["RoleRevoked"], Some((ACCOUNT, *account))),
        Ask::Reactivate(account) => (&["AccountReactivated"], Some((ACCOUNT, *account))),
        Ask::RequestLeave { agent, .. } => (&["LeaveRequested"], Some((LEDGER, *agent))),
        Ask::ApproveLeave { agent, .. } => (&["LeaveApproved"], Some((LEDGER, *agent))),
        Ask::WithdrawLeave { agent, .. } => (&["LeaveWithdrawn"], Some((LEDGER, *agent))),
        Ask::LogIn { account, .. } => (&[], Some((ACCOUNT, *account))),
    }
}

/// What an event of the command is about, as an answer names it: a leave, or the account.
fn about(ask: &Ask, event: &Event) -> Option<Uuid> {
    match ask {
        Ask::RequestLeave { .. } | Ask::ApproveLeave { .. } | Ask::WithdrawLeave { .. } => leave(&body(event)),
        _ => Some(event.stream_id),
    }
}

fn is_of(event: &Event, (kind, id): Stream) -> bool {
    event.stream_type == kind && event.stream_id == id
}

/// A command with an idempotency key: done once where it was acknowledged, once or not at all where it was not.
fn keyed(command: &Command, events: &[&Event], evidence: &Evidence, findings: &mut Findings) {
    let Command { trace, ask, .. } = command;
    let (kinds, stream) = expected(ask);
    let found: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let first = events.first();
    let whole = found == kinds && stream.is_none_or(|stream| first.is_some_and(|event| is_of(event, stream)));
    match command.done() {
        Some((position, told)) => {
            let at = events.last().map(|event| event.position);
            findings.unless(whole || found.len() > kinds.len(), Promise::NothingLost, || {
                format!("{ask:?} ({trace}) was acknowledged at {position:?}, and there is {found:?}")
            });
            findings.unless(position == at, Promise::NothingLost, || {
                format!("{ask:?} ({trace}) was acknowledged at {position:?}, and is at {at:?}")
            });
            let made = first.and_then(|event| about(ask, event));
            findings.unless(told.is_none() || told == made, Promise::NothingLost, || {
                format!("{ask:?} ({trace}) was acknowledged for {told:?}, and is of {made:?}")
            });
            let kept: Vec<_> = evidence.keys.iter().filter(|(key, _)| *key == trace.to_string()).collect();
            findings.unless(
                kept.len() == 1 && kept.first().map(|kept| kept.1) == position,
                Promise::NothingTwice,
                || format!("the key {trace} is kept as {kept:?}"),
            );
        }
        None if command.in_doubt() => findings.unless(whole || found.is_empty(), Promise::NothingTwice, || {
            format!("{ask:?} ({trace}) was asked for, and there is {found:?}")
        }),
        None => findings.unless(found.is_empty(), Promise::Refusals, || {
            format!("{ask:?} ({trace}) was refused, and there is {found:?}")
        }),
    }
    findings.unless(found.len() <= kinds.len(), Promise::NothingTwice, || {
        format!("{ask:?} ({trace}) was asked for once, and there is {found:?}")
    });
    let done = command.answers.iter().filter(|answer| matches!(answer, Answer::Done { .. }));
    let done: Vec<_> = done.collect();
    findings.unless(done.windows(2).all(|two| two.first() == two.last()), Promise::NothingTwice, || {
        format!("{ask:?} ({trace}) was acknowledged differently: {done:?}")
    });
    let after_done = command.answers.iter().skip_while(|answer| !matches!(answer, Answer::Done { .. }));
    findings.unless(
        !after_done.into_iter().any(|answer| matches!(answer, Answer::Refused(_))),
        Promise::Refusals,
        || format!("{ask:?} ({trace}) was acknowledged, and then refused"),
    );
}

/// A login that was answered was recorded before, with its outcome: a failure that is not on record never is an answer.
fn login(
    command: &Command,
    account: Uuid,
    right: bool,
    events: &[&Event],
    evidence: &Evidence,
    findings: &mut Findings,
) {
    let Command { trace, ask, .. } = command;
    let count = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
    let (attempted, refused, succeeded) = (count("LoginAttempted"), count("LoginRefused"), count("LoginSucceeded"));
    findings.unless(attempted + refused <= 1 && succeeded <= attempted, Promise::NothingTwice, || {
        format!("{ask:?} ({trace}) was sent once, and attempted {attempted} times, refused {refused} times")
    });
    findings.unless(succeeded == 0 || right, Promise::Refusals, || format!("a wrong password opened {account}"));
    let attempt =
        events.iter().find(|event| event.kind == "LoginAttempted").and_then(|event| text(&body(event), "attempt"));
    let outcomes = |kind: &str| {
        let of_stream = evidence.events.iter().filter(|event| event.stream_id == account && event.kind == kind);
        of_stream.filter(|event| text(&body(event), "attempt") == attempt).count()
    };
    let wrong = failures(evidence, account, attempt.as_deref()).any(|event| !abandoned(event, evidence));
    findings.unless(!(right && wrong), Promise::Refusals, || {
        format!("the right password of {account} ({trace}) was recorded as a failure that nothing explains")
    });
    match command.answers.last() {
        Some(Answer::Done { position, .. }) => {
            let at = events.iter().find(|event| event.kind == "LoginSucceeded").map(|event| event.position);
            findings.unless(at.is_some() && at == *position, Promise::NothingLost, || {
                format!("the login {trace} was answered at {position:?}, and is at {at:?}")
            });
        }
        Some(Answer::Refused(_)) if right => {
            let turned_away = events.iter().any(|event| event.kind == "LoginRefused" && suspended(event, evidence));
            let too_late = failures(evidence, account, attempt.as_deref()).any(|event| abandoned(event, evidence));
            findings.unless(turned_away || too_late, Promise::Refusals, || {
                format!("the right password of {account} was refused ({trace}), and the account was not suspended")
            });
        }
        Some(Answer::Refused(_)) => {
            let told = attempt.is_some() && outcomes("LoginFailed") == 1 && outcomes("LoginSucceeded") == 0;
            findings.unless(told || refused == 1, Promise::NothingLost, || {
                format!("the failed login {trace} was answered, and is not on record")
            });
        }
        Some(Answer::Unknown) | None => {}
    }
}

/// The failures that are on record of an attempt.
fn failures<'a>(
    evidence: &'a Evidence,
    account: Uuid,
    attempt: Option<&'a str>,
) -> impl Iterator<Item = &'a Event> + 'a {
    let of_stream = evidence.events.iter().filter(move |event| event.stream_id == account);
    of_stream.filter(move |event| {
        event.kind == "LoginFailed" && attempt.is_some() && text(&body(event), "attempt").as_deref() == attempt
    })
}

/// Whether the account was suspended when this was recorded.
fn suspended(refused: &Event, evidence: &Evidence) -> bool {
    let before =
        evidence.events.iter().filter(|event| event.stream_id == refused.stream_id && event.version < refused.version);
    before.fold(Account::default(), Account::after).suspended_since.is_some()
}

/// Whether a failure says that the time of the attempt's slot was over, and it was.
fn abandoned(failed: &Event, evidence: &Evidence) -> bool {
    let attempt = text(&body(failed), "attempt");
    let taken = evidence.events.iter().find(|event| {
        event.kind == "LoginAttempted"
            && event.stream_id == failed.stream_id
            && text(&body(event), "attempt") == attempt
    });
    let until = taken.and_then(|taken| text(&body(taken), "slot_until")?.parse::<DateTime<Utc>>().ok());
    text(&body(failed), "reason").as_deref() == Some("abandoned")
        && until.is_some_and(|until| until <= failed.occurred_at)
}

/// Whether the state that events leave behind is one in which a command has to be refused.
type Justifies<'a> = Box<dyn Fn(&[&Event]) -> bool + 'a>;

/// A refusal names a state: there was one, after what was acknowledged before and before what was asked for later.
fn refusals(
    command: &Command,
    history: &History,
    first_sent: &BTreeMap<Uuid, Moment>,
    evidence: &Evidence,
    findings: &mut Findings,
) {
    let Some(Answer::Refused(kind)) = command.answers.last() else { return };
    let Command { trace, ask, .. } = command;
    let never = format!("{ask:?} ({trace}) was refused as {kind}");
    let Some(stream) = expected(ask).1 else { return findings.add(Promise::Refusals, never) };
    let justified: Justifies<'_> = match (ask, kind.as_str()) {
        (Ask::LogIn { .. }, "invalid-credentials") => return,
        (Ask::Grant(_, role), "role-already-granted") => of_account(move |account| account.roles.contains(*role)),
        (Ask::Revoke(_, role), "role-not-held") => of_account(move |account| !account.roles.contains(*role)),
        (Ask::Reactivate(_), "not-suspended") => of_account(|account| account.suspended_since.is_none()),
        _ if Ledger::default().justifies(ask, kind).is_some() => {
            Box::new(|events| folded::<Ledger>(events, Ledger::after).justifies(ask, kind).unwrap_or_default())
        }
        _ => return findings.add(Promise::Refusals, never),
    };
    let known = |other: &&Command| other.ended <= command.begun && expected(&other.ask).1 == Some(stream);
    let before = history.commands.iter().filter(known).filter_map(|other| other.done()?.0).max().unwrap_or(0);
    let asked_later = |event: &&Event| {
        let trace = event.trace.as_deref().and_then(|trace| Uuid::from_slice(trace).ok());
        trace.and_then(|trace| first_sent.get(&trace)).is_some_and(|first_sent| *first_sent > command.ended)
    };
    let events: Vec<&Event> =
        evidence.events.iter().filter(|event| is_of(event, stream)).take_while(|event| !asked_later(event)).collect();
    // Each state from the last event that somebody was told of to the last that may have been there.
    let first = events.iter().filter(|event| event.position <= before).count();
    let seen = (first..=events.len()).any(|count| events.get(..count).is_some_and(&justified));
    findings.unless(seen, Promise::Refusals, || format!("{never}, and it never was so in that time"));
}

fn of_account<'a>(justified: impl Fn(&Account) -> bool + 'a) -> Justifies<'a> {
    Box::new(move |events| justified(&folded(events, Account::after)))
}

fn folded<S: Default>(events: &[&Event], after: impl Fn(S, &Event) -> S) -> S {
    events.iter().fold(S::default(), |state, event| after(state, event))
}
