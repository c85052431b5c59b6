//! The three strikes as a model, explored exhaustively: every interleaving of attempts on two nodes against one
//! stream, with crashes, time passing and an administrator. The decisions and the fold are the real ones.
//!
//! What the model adds is what a caller does around them: he loads, decides, and appends if nobody wrote meanwhile;
//! he compares only before his slot ends; when every slot is busy he waits. Time moves in steps, each to the end of
//! the slot that ends next, so that every run ends.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of it is a test, also outside of the test functions"
)]

use chrono::{DateTime, TimeDelta, Utc};
use commands::account::{
    Account, AccountCommand, AccountRefusal, AttemptLogin, LockoutPolicy, LoginOutcome, Patience, ProvisionAccount,
    ReactivateAccount, RecordLoginOutcome, State as AccountState,
};
use esrs::Aggregate;
use events::account::AccountEvent;
use events::{AccountId, Actor, AttemptId, Channel, CredentialId, KeyId, Sealed, Source, SourceTag};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::hash::{Hash, Hasher};
use uuid::Uuid;

const WITHIN_LIMIT: &str = "no more comparisons than the limit between successes and reactivations recorded";
const SLOT_HELD: &str = "every attempt that is compared holds a slot";
const NOT_WHILE_SUSPENDED: &str = "nothing is compared while suspended";
const ANSWERED: &str = "every attempt is answered, unless its node dies";
const ENTERS: &str = "the right password enters";
const SUSPENDED: &str = "the account is suspended, and again after every reactivation";

/// How the portal is built, and what the world does to it.
#[derive(Clone, Copy)]
struct Portal {
    policy: LockoutPolicy,
    /// How many attempts are made, on one node and the other in turn; the password of the last one is right.
    attempts: usize,
    steps: [Step; 3],
    append: Append,
    patience: Patience,
    /// Whether a caller compares only before his slot ends.
    heeds_slot_end: bool,
    /// How many times a node dies, with what is under way on it.
    crashes: u8,
    /// How many suspensions the administration lifts.
    reactivations: u8,
}

/// What an attempt has to go through, in the order in which the portal is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    TakeSlot,
    Compare,
    Record,
}

const SLOT_THEN_COMPARE: [Step; 3] = [Step::TakeSlot, Step::Compare, Step::Record];
const COMPARE_THEN_SLOT: [Step; 3] = [Step::Compare, Step::TakeSlot, Step::Record];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Append {
    /// Only to the version that was decided on.
    IfUnchanged,
    /// Whatever was written meanwhile.
    Always,
}

#[derive(Clone, Debug, PartialEq)]
struct World {
    stream: Stream,
    attempts: Vec<Attempt>,
    now: DateTime<Utc>,
    crashes: u8,
    reactivations: u8,
    /// Since the last success or reactivation recorded.
    comparisons: u8,
    compared_without_slot: bool,
    compared_while_suspended: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Stream {
    takes: Append,
    version: usize,
    account: AccountState,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Attempt {
    done: usize,
    /// The stream as this attempt knows it.
    loaded: Option<Stream>,
    /// The end of the slot that it was given.
    slot_until: Option<DateTime<Utc>>,
    end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum End {
    Entered,
    TurnedAway,
    Died,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Load(usize),
    Compare(usize),
    DecideAndAppend(usize),
    TimePasses,
    /// The node of the even attempts, or of the odd ones.
    Crash(usize),
    Reactivate,
}

impl Stream {
    /// Whether what was decided on this copy may be appended.
    fn accepts(&self, copy: &Self) -> bool {
        self.takes == Append::Always || self.version == copy.version
    }

    fn append(&mut self, events: Vec<AccountEvent>) {
        self.version += events.len();
        self.account = events.into_iter().fold(std::mem::take(&mut self.account), Account::apply_event);
    }
}

/// Worlds that go on alike are one: what counts of a copy that is out of date is that it is, of a slot whether it has
/// ended. (Every slot that has not ends at the same instant, since time only moves to the end of one.)
impl Hash for World {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let account = |account: &AccountState| {
            let slot = |index| account.slot_until(attempt_id(index)).map(|until| until <= self.now);
            let slots: Vec<_> = (0..self.attempts.len()).map(slot).collect();
            (slots, account.failures(), account.is_suspended())
        };
        account(&self.stream.account).hash(hasher);
        for Attempt { done, loaded, slot_until, end } in &self.attempts {
            let known = loaded.as_ref().map(|copy| self.stream.accepts(copy).then(|| account(&copy.account)));
            (done, known, slot_until.map(|until| until <= self.now), end).hash(hasher);
        }
        (self.crashes, self.reactivations, self.comparisons).hash(hasher);
        (self.compared_without_slot, self.compared_while_suspended).hash(hasher);
    }
}

impl Attempt {
    fn has_begun(&self) -> bool {
        *self != Self::default()
    }

    fn end(&mut self, end: End) {
        *self = Self { end: Some(end), ..Self::default() };
    }
}

impl World {
    /// Nothing is compared after the end of the slot, nor on a state that is known to be suspended.
    fn compare(&mut self, index: usize, heeds_slot_end: bool) {
        let attempt = &mut self.attempts[index];
        let too_late = attempt.slot_until.is_some_and(|until| until <= self.now);
        if (too_late && heeds_slot_end) || attempt.loaded.as_ref().is_some_and(|known| known.account.is_suspended()) {
            attempt.end(End::TurnedAway);
            return;
        }
        attempt.done += 1;
        self.comparisons += 1;
        self.compared_without_slot |= self.stream.account.slot_until(attempt_id(index)).is_none();
        self.compared_while_suspended |= self.stream.account.is_suspended();
    }

    fn crash(&mut self, node: usize) {
        self.crashes += 1;
        for attempt in self.attempts.iter_mut().skip(node).step_by(2) {
            if attempt.end.is_none() && attempt.has_begun() {
                attempt.end(End::Died);
            }
        }
    }

    fn next_slot_end(&self) -> Option<DateTime<Utc>> {
        (0..self.attempts.len())
            .filter_map(|index| self.stream.account.slot_until(attempt_id(index)))
            .filter(|until| *until > self.now)
            .min()
    }
}

impl Portal {
    fn next_step(&self, attempt: &Attempt) -> Option<Step> {
        if attempt.end.is_some() { None } else { self.steps.get(attempt.done).copied() }
    }

    /// Wrong passwords at one node are alike: they may as well arrive in order.
    fn may_load(&self, world: &World, index: usize) -> bool {
        let right = index + 1 == self.attempts;
        right || index < 2 || world.attempts[index].has_begun() || world.attempts[index - 2].has_begun()
    }

    /// None when there is nothing to do but wait.
    fn decide_and_append(&self, world: &mut World, index: usize) -> Option<()> {
        let attempt = &mut world.attempts[index];
        let step = self.next_step(attempt)?;
        let loaded = attempt.loaded.take()?;
        if !world.stream.accepts(&loaded) {
            return Some(());
        }
        let events = match Account::handle_command(&loaded.account, self.command(step, index, world.now)) {
            Ok(events) => events,
            Err(AccountRefusal::SlotsBusy { .. }) => return None,
            Err(AccountRefusal::AttemptNotOpen { .. }) => {
                attempt.end(End::TurnedAway);
                return Some(());
            }
            Err(refusal) => panic!("{refusal}"),
        };
        match events.last() {
            Some(AccountEvent::LoginAttempted { slot_until, .. }) => {
                attempt.done += 1;
                attempt.slot_until = Some(*slot_until);
            }
            Some(AccountEvent::LoginSucceeded { .. }) => {
                attempt.end(End::Entered);
                world.comparisons = 0;
            }
            _ => attempt.end(End::TurnedAway),
        }
        world.stream.append(events);
        Some(())
    }

    fn command(&self, step: Step, index: usize, at: DateTime<Utc>) -> AccountCommand {
        let (attempt, policy, patience) = (attempt_id(index), self.policy, self.patience);
        if step == Step::TakeSlot {
            return AttemptLogin { attempt, source: source(), at, policy, patience, reported: None }.into();
        }
        let right = LoginOutcome::Right { session: None, proved: None };
        let outcome = if index + 1 == self.attempts { right } else { LoginOutcome::Wrong };
        RecordLoginOutcome { attempt, outcome, policy }.into()
    }

    fn reactivate(world: &mut World) -> Option<()> {
        let command =
            ReactivateAccount { account: AccountId::from_uuid(Uuid::nil()), motive: sealed(), by: Actor::Service };
        let events = Account::handle_command(&world.stream.account, command.into()).ok()?;
        world.stream.append(events);
        world.reactivations += 1;
        world.comparisons = 0;
        Some(())
    }
}

impl Model for Portal {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let provision = ProvisionAccount {
            username: sealed(),
            given_name: sealed(),
            family_name: sealed(),
            staff_number: None,
            initial_code: CredentialId::from_uuid(Uuid::nil()),
        };
        let mut stream = Stream { takes: self.append, version: 0, account: AccountState::default() };
        stream.append(Account::handle_command(&stream.account, provision.into()).unwrap());
        vec![World {
            stream,
            attempts: vec![Attempt::default(); self.attempts],
            now: DateTime::UNIX_EPOCH,
            crashes: 0,
            reactivations: 0,
            comparisons: 0,
            compared_without_slot: false,
            compared_while_suspended: false,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for (index, attempt) in world.attempts.iter().enumerate() {
            let Some(step) = self.next_step(attempt) else { continue };
            let reads = step != Step::Compare || self.steps == COMPARE_THEN_SLOT;
            match &attempt.loaded {
                None if reads && self.may_load(world, index) => actions.push(Action::Load(index)),
                None if reads => {}
                _ if step == Step::Compare => actions.push(Action::Compare(index)),
                _ => actions.push(Action::DecideAndAppend(index)),
            }
        }
        if world.next_slot_end().is_some() {
            actions.push(Action::TimePasses);
        }
        if world.crashes < self.crashes {
            actions.extend([Action::Crash(0), Action::Crash(1)]);
        }
        if world.reactivations < self.reactivations {
            actions.push(Action::Reactivate);
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        match action {
            Action::Load(index) => next.attempts[index].loaded = Some(next.stream.clone()),
            Action::Compare(index) => next.compare(index, self.heeds_slot_end),
            Action::DecideAndAppend(index) => self.decide_and_append(&mut next, index)?,
            Action::TimePasses => next.now = next.next_slot_end()?,
            Action::Crash(node) => next.crash(node),
            Action::Reactivate => Self::reactivate(&mut next)?,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::<Self>::always(WITHIN_LIMIT, |portal, world| world.comparisons <= portal.policy.max_failures()),
            Property::<Self>::always(SLOT_HELD, |_, world| !world.compared_without_slot),
            Property::<Self>::always(NOT_WHILE_SUSPENDED, |_, world| !world.compared_while_suspended),
            // Answers are never taken back and no run is endless, so that a run which ends without them is found.
            Property::<Self>::eventually(ANSWERED, |_, world| {
                world.attempts.iter().all(|attempt| attempt.end.is_some())
            }),
            Property::<Self>::sometimes(ENTERS, |_, world| world.attempts.iter().any(|a| a.end == Some(End::Entered))),
            Property::<Self>::sometimes(SUSPENDED, |portal, world| {
                world.reactivations == portal.reactivations && world.stream.account.is_suspended()
            }),
        ]
    }
}

fn attempt_id(index: usize) -> AttemptId {
    AttemptId::from_uuid(Uuid::from_u128(index as u128))
}

fn sealed() -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::nil()), Vec::new())
}

fn source() -> Source {
    Source { channel: Channel::Portal, address: sealed(), tag: SourceTag::new([0; 16]) }
}

fn portal() -> Portal {
    Portal {
        policy: LockoutPolicy::default(),
        attempts: 4,
        steps: SLOT_THEN_COMPARE,
        append: Append::IfUnchanged,
        patience: Patience::Waiting,
        heeds_slot_end: true,
        crashes: 0,
        reactivations: 0,
    }
}

fn assert_holds(portal: Portal) {
    portal.checker().threads(2).spawn_bfs().join().assert_properties();
}

#[track_caller]
fn assert_breaks(property: &'static str, portal: Portal) {
    let found = HasDiscoveries::AnyOf([property].into());
    portal.checker().threads(2).finish_when(found).spawn_bfs().join().assert_any_discovery(property);
}

#[test]
fn three_means_three_while_a_node_dies() {
    assert_holds(Portal { crashes: 1, ..portal() });
}

#[test]
fn the_limit_holds_again_after_a_reactivation() {
    let policy = LockoutPolicy::new(2, TimeDelta::seconds(30)).unwrap();
    assert_holds(Portal { policy, crashes: 1, reactivations: 1, ..portal() });
}

#[test]
fn three_means_three_for_callers_who_never_wait() {
    assert_holds(Portal { patience: Patience::Exhausted, ..portal() });
}

#[test]
fn a_slot_taken_after_comparing_is_found_out() {
    assert_breaks(WITHIN_LIMIT, Portal { steps: COMPARE_THEN_SLOT, ..portal() });
}

#[test]
fn an_append_that_does_not_check_the_version_is_found_out() {
    assert_breaks(WITHIN_LIMIT, Portal { append: Append::Always, ..portal() });
}

#[test]
fn comparing_after_the_end_of_the_slot_is_found_out() {
    assert_breaks(NOT_WHILE_SUSPENDED, Portal { heeds_slot_end: false, ..portal() });
}
