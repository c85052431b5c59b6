//! Half-days and words as clients write them, parsed once.

use super::occasions::{Occasions, Said};
use crate::words::Words;
use chrono::NaiveDate;
use commands::Law;
use commands::absence_ledger::{Child, Motivated, SpecialMotive};
use events::date::{YEARS, written};
use events::period::{HalfDay, InvalidPeriod, Period};
use events::{HalfDaySet, Sealed};
use rules::RuleBook;
use rules::date::DayOfYear;
use rules::family::{Circumstances, SaidOfChild};
use rules::refusal::InvalidRefusal;
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use web::date::Day;
use web::{Expected, Field, Problem, Text};

const HALF_DAY: Expected = Expected(
    "une date qui existe, de 1990 à 2099 (convention), seule ou suivie de AM ou PM : 2026-05-13, 2026-05-13 PM",
    "an existing date from 1990 to 2099 (convention), alone or followed by AM or PM: 2026-05-13, 2026-05-13 PM",
);
fn invalid<E: de::Error>(expected: &Expected) -> E {
    E::invalid_value(de::Unexpected::Other("text"), expected)
}

/// One end of an absence: a date alone is the whole day.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(value_type = String, example = "2026-05-13 PM")]
pub(super) struct End(Halves);

#[derive(Clone, Copy, Debug)]
struct Halves {
    first: HalfDay,
    last: HalfDay,
}

impl End {
    /// The half-day that a return falls on.
    pub(super) const fn first(self) -> HalfDay {
        self.0.first
    }
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (day, half) = text.split_once(' ').map_or((text.as_str(), None), |(day, half)| (day, Some(half)));
        let date = written(day).ok_or_else(|| invalid(&HALF_DAY))?;
        let (morning, afternoon) = (HalfDay::morning(date), HalfDay::afternoon(date));
        match half {
            None => Ok(Self(Halves { first: morning, last: afternoon })),
            Some("AM") => Ok(Self(Halves { first: morning, last: morning })),
            Some("PM") => Ok(Self(Halves { first: afternoon, last: afternoon })),
            Some(_) => Err(invalid(&HALF_DAY)),
        }
    }
}

/// A text of law, in French and English.
pub(super) type Article = (&'static str, &'static str);

/// The text by which a leave takes days from a first to a last.
pub(super) const LEAVE: Article = ("décret n° 85-1250, art. 1", "D 85-1250 art. 1");
/// The text by which a sickness does.
pub(super) const SICKNESS: Article = ("CGFP, art. L.822-1", "CGFP L.822-1");

/// The text by which a certificate is judged.
pub(super) const CERTIFICATE: Article = ("décret n° 87-602, art. 15", "D 87-602 art. 15");
/// Where no text says so.
pub(super) const CONVENTION: Article = ("convention", "convention");

/// The text by which this has a motive.
pub(super) const fn motive_article(of: Motivated) -> Article {
    match of {
        Motivated::Refusal => ("décret n° 85-1250, art. 3", "D 85-1250 art. 3"),
        Motivated::CarryOver => ("décret n° 85-1250, art. 5", "D 85-1250 art. 5"),
        Motivated::Correction => CONVENTION,
    }
}

/// The period from one end to another of what `article` gives.
///
/// # Errors
/// 422 that names `/last` and the article when it is reversed.
pub(super) fn period(first: End, last: End, (fr, en): Article) -> Result<Period, Problem> {
    Period::new(first.0.first, last.0.last).map_err(|error| {
        let detail = match error {
            InvalidPeriod::Reversed { .. } => Text::made(
                format!("la fin précède le début : AM est la matinée, PM l’après-midi ({fr})"),
                format!("the end lies before the start: AM is the morning, PM the afternoon ({en})"),
            ),
            InvalidPeriod::Outside(outside) => {
                Text::made("attendu : une année de 1990 à 2099 (convention)", format!("{outside} (convention)"))
            }
        };
        Problem::invalid(Field::Pointer("/last".into()), detail)
    })
}

/// Half-days, each written as [`HalfDaySet`] writes it.
#[derive(Clone, Debug, ToSchema)]
#[schema(value_type = Vec<String>, example = json!(["2026-05-11", "2026-05-12 AM"]))]
pub(super) struct HalfDayList(pub(super) HalfDaySet);

impl<'de> Deserialize<'de> for HalfDayList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ends = Vec::<End>::deserialize(deserializer)?;
        let both = |End(Halves { first, last }): &End| [*first, *last];
        Ok(Self(ends.iter().flat_map(both).collect()))
    }
}

/// A motive as it is typed: whether it will do is a rule's to say, so that a text of any length gets the rule's answer.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 2000)]
#[serde(transparent)]
pub(super) struct Motive(String);

impl Motive {
    /// The words, once the rule in force lets them pass; they are there by the text that is named.
    ///
    /// # Errors
    /// 422 that names `/motive` and the article.
    pub(super) fn checked(&self, (fr, en): Article, law: &Law, on: NaiveDate) -> Result<&str, Problem> {
        let wrong = |fr: String, en: String| Problem::invalid(Field::Pointer("/motive".into()), Text::made(fr, en));
        let rule = law.at(on).refusal().map_err(|error| super::problems::not_in_force(error, "/motive"))?;
        rule.check(&self.0).map_err(|error| match error {
            InvalidRefusal::NoMotive => {
                wrong(format!("un motif est nécessaire ({fr})"), format!("a motive is needed ({en})"))
            }
            InvalidRefusal::TooLong(most) => wrong(
                format!("plus de {most} caractères ({fr} ; longueur : convention)"),
                format!("{error} ({en}; the length is a convention)"),
            ),
        })?;
        Ok(&self.0)
    }
}

/// What clients are told of the motive of a special absence: the names that the rules of this build know at last. Others
/// may be activated, so that the list is not closed.
pub(super) fn special_motive() -> RefOr<Schema> {
    let last = DayOfYear::LAST.in_year(*YEARS.end());
    let named = last.ok().zip(RuleBook::embedded().ok()).and_then(|(last, book)| {
        let table = book.at(last).special_absences().ok()?;
        Some(table.names().map(str::to_owned).collect::<Vec<_>>())
    });
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let description = "The motive of a special absence, as the rules name it, and of nothing else; kept sealed. Rules that \
                       are activated may know others than those that are listed.";
    let named = text().enum_values(Some(named.unwrap_or_default()));
    let other = text().max_length(Some(100));
    let absent = ObjectBuilder::new().schema_type(Type::Null);
    AnyOfBuilder::new().item(named).item(other).item(absent).description(Some(description)).into()
}

/// A box tells the length of what is in it: the name of a motive is filled up to this many characters.
const MOTIVE_CHARS: usize = 64;
/// What stands where the hash of a special absence has its motive.
const FAMILY_LEAVE: &str = "family_leave";

/// Words that go sealed into a ledger, with the name of their field.
pub(super) struct Sealing<'a> {
    pub(super) api: &'a crate::WriteApi,
    pub(super) agent: events::AccountId,
    pub(super) fact: uuid::Uuid,
}

impl Sealing<'_> {
    /// A reason that may be there or not.
    pub(super) async fn reason(&self, words: Option<&Words>) -> Result<Option<Sealed<String>>, Problem> {
        match words {
            Some(words) => self.text("reason", words.as_str()).await.map(Some),
            None => Ok(None),
        }
    }

    /// A motive, held against the rule in force on a date; none stays none, for the decision to judge.
    pub(super) async fn motive(
        &self,
        motive: Option<&Motive>,
        by: Article,
        law: &Law,
        on: NaiveDate,
    ) -> Result<Option<Sealed<String>>, Problem> {
        match motive {
            Some(motive) => self.text("motive", motive.checked(by, law, on)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// The motive of a special absence for what `occurred_on` a day: clear to be judged, sealed to be kept. What it is
    /// for is of this fact alone where no day is said, and else of every one with the same motive, day and `number`: which
    /// event of that day, the first where it is not said. Neither is said of what has no such motive.
    pub(super) async fn special_motive(
        &self,
        name: Option<String>,
        occurred_on: Option<Day>,
        number: Option<u8>,
        circumstances: Option<Circumstances>,
    ) -> Result<Option<SpecialMotive>, Problem> {
        let Some(name) = name else {
            let needless = occurred_on.map(|_| "/occurred_on").or(number.map(|_| "/event_number"));
            return needless.map_or(Ok(None), |field| Err(super::problems::without_motive(field)));
        };
        let occurred_on = occurred_on.map(|Day(day)| day);
        let sealed = self.text("special_motive", &format!("{name:<MOTIVE_CHARS$}")).await?;
        let number = number.unwrap_or(1);
        let Occasions { kept, without_age, same, near, contrary } = match occurred_on {
            Some(on) => {
                let said = Said { motive: &name, on, number, circumstances };
                said.occasions(self.api, self.agent).await?
            }
            None => {
                let kept = self.api.vault.occasion(self.agent, &name, &self.fact.to_string()).await;
                let kept = kept.map_err(crate::problems::vault)?;
                Occasions { kept, without_age: None, same: Vec::new(), near: Vec::new(), contrary: Vec::new() }
            }
        };
        let occasion = Some(kept);
        Ok(Some(SpecialMotive { name, sealed, occurred_on, number, occasion, without_age, same, near, contrary }))
    }

    /// What is said of a child that comes, as it is kept: whatever its day, which leaves for it tell by theirs.
    pub(super) async fn child(&self, circumstances: Option<Circumstances>) -> Result<Option<Child>, Problem> {
        let law = self.api.law().await?;
        let of_child = circumstances.and_then(|circumstances| circumstances.of_child(&law));
        let Some(SaidOfChild { said, instead }) = of_child else { return Ok(None) };
        let kept = async |one: &str| {
            self.api.vault.occasion(self.agent, FAMILY_LEAVE, one).await.map_err(crate::problems::vault)
        };
        let mut contrary = Vec::new();
        for other in instead.iter().filter(|other| **other != said) {
            contrary.push(kept(other).await?);
        }
        Ok(Some(Child { said: kept(said).await?, contrary }))
    }

    /// A text under the name of its field.
    pub(super) async fn text(&self, field: &'static str, text: &str) -> Result<Sealed<String>, Problem> {
        let sealed = crate::seal::absence(&self.api.vault, self.agent, field, self.fact, &text.to_owned()).await;
        sealed.map_err(crate::problems::vault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, Days};
    use proptest::prelude::*;

    fn reads<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
        serde_json::from_value(text.into()).ok()
    }

    /// An end as it is written, its half-days, and the number of its day.
    fn end() -> impl Strategy<Value = (String, [HalfDay; 2])> {
        let first = written("1990-01-01").unwrap();
        (0..40_000_u64, 0..3).prop_map(move |(days, half)| {
            let date = first + Days::new(days);
            let (morning, afternoon) = (HalfDay::morning(date), HalfDay::afternoon(date));
            match half {
                0 => (date.to_string(), [morning, afternoon]),
                1 => (morning.to_string(), [morning; 2]),
                _ => (afternoon.to_string(), [afternoon; 2]),
            }
        })
    }

    proptest! {
        #[test]
        fn an_end_is_its_half_days((text, halves) in end()) {
            let End(Halves { first, last }) = reads(&text).unwrap();
            prop_assert_eq!([first, last], halves);
            let list: HalfDayList = serde_json::from_value(serde_json::json!([text])).unwrap();
            prop_assert_eq!(list.0, halves.into_iter().collect());
        }

        #[test]
        fn any_text_is_an_end_as_it_is_written_or_none(
            text in "[12][09][0-9]{2}-[01]?[0-9]-[0-3]?[0-9]( ?(AM|PM|am|pm|A|P)?){1,2}|\\PC{0,20}"
        ) {
            if let Some(End(Halves { first, last })) = reads(&text) {
                let whole = first.date.to_string();
                prop_assert_eq!(if first == last { first.to_string() } else { whole }, text);
                prop_assert!(first.date == last.date && YEARS.contains(&first.date.year()));
            }
        }

        #[test]
        fn two_ends_are_a_period_or_a_problem_at_the_last((one, [first, _]) in end(), (other, [_, last]) in end()) {
            match period(reads(&one).unwrap(), reads(&other).unwrap(), LEAVE) {
                Ok(period) => prop_assert_eq!((period.start(), period.end()), (first, last)),
                Err(problem) => {
                    prop_assert!(last < first);
                    let said = format!("{problem:?}");
                    prop_assert!(said.contains(r#"Pointer("/last")"#), "{said}");
                }
            }
        }
    }
}
