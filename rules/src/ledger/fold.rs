use chrono::{DateTime, Datelike, Utc};
use events::leave::{AbsenceEvent, Charge, Counter, CounterKind};
use events::{HalfDaySet, LeaveId};

use super::leave::{Leave, LeaveStatus, Pending, Replacement, Sickness};
use super::{DeclaredGift, Ledger, Movement, Origin, Way};
use crate::quantity::HalfDays;

impl Ledger {
    /// The ledger after one more event.
    #[must_use]
    pub fn after(mut self, event: &AbsenceEvent) -> Self {
        match event {
            AbsenceEvent::LeaveRequested {
                leave,
                leave_type,
                period,
                charges,
                rules,
                route,
                unit,
                warnings,
                occasion,
                at,
                ..
            } => {
                let status = opened(route.is_empty(), *at);
                self.leaves.insert(
                    *leave,
                    Leave {
                        leave_type: *leave_type,
                        period: *period,
                        charges: charges.clone(),
                        asked: count(charges),
                        rules: *rules,
                        unit: *unit,
                        revision: 0,
                        warnings: warnings.clone(),
                        occasion: *occasion,
                        status,
                        released: HalfDaySet::default(),
                        declined: HalfDaySet::default(),
                        cancellation: None,
                        replacement: None,
                        route: route.clone(),
                    },
                );
            }
            AbsenceEvent::LeaveAmended {
                leave, period, charges, rules, route, unit, warnings, occasion, at, ..
            } => {
                self.change(*leave, |entry| {
                    entry.period = *period;
                    entry.charges.clone_from(charges);
                    entry.asked = count(charges);
                    entry.released = HalfDaySet::default();
                    entry.declined = HalfDaySet::default();
                    entry.rules = *rules;
                    entry.unit = *unit;
                    entry.revision += 1;
                    entry.warnings.clone_from(warnings);
                    entry.occasion = *occasion;
                    entry.route.clone_from(route);
                    entry.status = opened(route.is_empty(), *at);
                });
            }
            AbsenceEvent::AbsenceRecorded { leave, leave_type, period, charges, rules, unit, occasion, .. } => {
                self.leaves.insert(
                    *leave,
                    Leave {
                        leave_type: *leave_type,
                        period: *period,
                        charges: charges.clone(),
                        asked: count(charges),
                        rules: *rules,
                        unit: *unit,
                        revision: 0,
                        warnings: Vec::new(),
                        occasion: *occasion,
                        status: LeaveStatus::Granted,
                        released: HalfDaySet::default(),
                        declined: HalfDaySet::default(),
                        cancellation: None,
                        replacement: None,
                        route: Vec::new(),
                    },
                );
            }
            AbsenceEvent::LeaveWithdrawn { leave } => self.end(*leave, LeaveStatus::Withdrawn),
            AbsenceEvent::LeaveRefused { leave, .. } => self.end(*leave, LeaveStatus::Refused),
            AbsenceEvent::LeaveApproved { leave, .. } => {
                self.change(*leave, |entry| entry.status = LeaveStatus::Granted)
            }
            AbsenceEvent::LeaveStepApproved { leave, decider, at, .. } => self.change(*leave, |entry| {
                let decisive = entry.awaits_one_approval();
                if let LeaveStatus::Pending(pending) = &mut entry.status {
                    if decisive {
                        *pending = Pending::at(pending.step.saturating_add(1), *at, pending.overridden);
                    } else {
                        pending.approvals.push(*decider);
                    }
                }
            }),
            AbsenceEvent::LeaveEscalated { leave, .. } => self.pending(*leave, |pending| pending.escalated = true),
            AbsenceEvent::StaffingRuleOverridden { leave, .. } => {
                self.pending(*leave, |pending| pending.overridden = true);
            }
            AbsenceEvent::LeavePartiallyApproved { leave, refused, .. } => {
                self.release(*leave, refused);
                self.change(*leave, |entry| entry.declined = entry.declined.or(refused));
            }
            AbsenceEvent::CancellationRequested { leave, half_days, .. } => {
                self.change(*leave, |entry| entry.cancellation = Some(half_days.clone()));
            }
            AbsenceEvent::CancellationAccepted { leave, half_days, .. } => {
                self.release(*leave, half_days);
                self.change(*leave, |entry| entry.cancellation = None);
            }
            AbsenceEvent::CancellationRefused { leave, .. } => self.change(*leave, |entry| entry.cancellation = None),
            AbsenceEvent::LeaveCorrected { leave, released, charges, .. } => {
                self.release(*leave, released);
                self.change(*leave, |entry| {
                    entry.charges.extend(charges.iter().cloned());
                    entry.declined = entry.declined.without(&entry.active());
                });
            }
            AbsenceEvent::SicknessRecorded { sickness, period, half_days, recredited, .. } => {
                for recredit in recredited {
                    self.release(recredit.leave, &recredit.half_days);
                }
                let (period, half_days) = (*period, half_days.clone());
                let entry = Sickness { period, half_days, shortened: false, certificate: None };
                self.sicknesses.insert(*sickness, entry);
            }
            AbsenceEvent::SicknessShortened { sickness, released, .. } => {
                if let Some(entry) = self.sicknesses.get_mut(sickness) {
                    entry.half_days = entry.half_days.without(released);
                    entry.shortened = true;
                }
            }
            AbsenceEvent::CertificateReceived { sickness, issued, timing, .. }
            | AbsenceEvent::CertificateCorrected { sickness, issued, timing, .. } => {
                if let Some(entry) = self.sicknesses.get_mut(sickness) {
                    entry.certificate = Some((*issued, *timing));
                }
            }
            AbsenceEvent::ReplacementNamed { leave, replacement } => {
                let replacement = Some(Replacement { by: *replacement, accepted: None });
                self.change(*leave, |entry| entry.replacement = replacement);
            }
            AbsenceEvent::ReplacementAccepted { leave, replacement } => {
                let replacement = Some(Replacement { by: *replacement, accepted: Some(true) });
                self.change(*leave, |entry| entry.replacement = replacement);
            }
            AbsenceEvent::ReplacementDeclined { leave, replacement } => {
                let replacement = Some(Replacement { by: *replacement, accepted: Some(false) });
                self.change(*leave, |entry| entry.replacement = replacement);
            }
            AbsenceEvent::ProofAttached { proof, .. } => drop(self.proofs.insert(*proof)),
            AbsenceEvent::RightCredited { credit, counter, half_days, effective, usable_until, cause, .. } => {
                let credited = Movement {
                    counter: *counter,
                    way: Way::In,
                    half_days: *half_days,
                    from: *effective,
                    until: *usable_until,
                    origin: Origin::Decision { credit: *credit, cause: *cause },
                };
                self.note_ground(&credited);
                self.movements.push(credited);
            }
            AbsenceEvent::RightDebited { credit, counter, half_days, effective, cause, .. } => {
                let origin = Origin::Decision { credit: *credit, cause: *cause };
                self.take_out(*counter, *half_days, *effective, origin);
            }
            AbsenceEvent::TimeSavingsOpened { on } => self.time_savings_since = Some(*on),
            AbsenceEvent::TimeSavingsFed { deposits, on } => {
                for (counter, half_days) in deposits {
                    self.take_out(*counter, *half_days, *on, Origin::Deposit);
                    self.put_in(Counter::TIME_SAVINGS, *half_days, *on, Origin::Deposit);
                }
            }
            AbsenceEvent::TimeSavingsSplit { year, paid, pension, on, .. } => {
                self.time_savings_split.insert(*year);
                self.take_out(Counter::TIME_SAVINGS, *paid + *pension, *on, Origin::Split);
            }
            AbsenceEvent::GiftDeclared { gift, counter, half_days, on } => {
                self.take_out(*counter, *half_days, *on, Origin::Gift { gift: *gift });
                self.gifts.insert(*gift, DeclaredGift::Waiting { counter: *counter, half_days: *half_days });
            }
            AbsenceEvent::GiftWithdrawn { gift } => {
                self.gifts.insert(*gift, DeclaredGift::Withdrawn);
                self.movements.retain(|movement| movement.origin != Origin::Gift { gift: *gift });
            }
            AbsenceEvent::DaysGiven { gift, counter, half_days, on } => {
                if self.gifts.insert(*gift, DeclaredGift::Given).is_none() {
                    self.take_out(*counter, *half_days, *on, Origin::Gift { gift: *gift });
                }
            }
            AbsenceEvent::LossAnnounced { counter, usable_until, days_ahead, .. } => {
                self.announced.entry(*counter).or_default().insert(*usable_until, *days_ahead);
            }
            AbsenceEvent::OverdraftAnnounced { counter, half_days } if half_days.is_zero() => {
                self.overdrawn.remove(counter);
            }
            AbsenceEvent::OverdraftAnnounced { counter, half_days } => {
                self.overdrawn.insert(*counter, *half_days);
            }
            AbsenceEvent::DaysReceived { gift, half_days, on } => {
                let counter = Counter::of(CounterKind::DonatedDays, on.year());
                self.put_in(counter, *half_days, *on, Origin::Gift { gift: *gift });
            }
        }
        self
    }

    fn change(&mut self, leave: LeaveId, change: impl FnOnce(&mut Leave)) {
        if let Some(entry) = self.leaves.get_mut(&leave) {
            change(entry);
        }
    }

    fn pending(&mut self, leave: LeaveId, change: impl FnOnce(&mut Pending)) {
        self.change(leave, |entry| {
            if let LeaveStatus::Pending(pending) = &mut entry.status {
                change(pending);
            }
        });
    }

    fn release(&mut self, leave: LeaveId, half_days: &HalfDaySet) {
        self.change(leave, |entry| entry.release(half_days));
    }

    fn end(&mut self, leave: LeaveId, status: LeaveStatus) {
        self.change(leave, |entry| {
            entry.status = status;
            entry.charges.clear();
        });
    }

    fn put_in(&mut self, counter: Counter, half_days: HalfDays, on: chrono::NaiveDate, origin: Origin) {
        self.movements.push(Movement { counter, way: Way::In, half_days, from: on, until: None, origin });
    }

    fn take_out(&mut self, counter: Counter, half_days: HalfDays, on: chrono::NaiveDate, origin: Origin) {
        self.movements.push(Movement { counter, way: Way::Out, half_days, from: on, until: None, origin });
    }
}

fn opened(granted: bool, at: DateTime<Utc>) -> LeaveStatus {
    if granted { LeaveStatus::Granted } else { LeaveStatus::Pending(Pending::at(0, at, false)) }
}

fn count(charges: &[Charge]) -> HalfDays {
    charges.iter().map(|charge| charge.half_days.count()).sum()
}
