use crate::hexadecimal::hexadecimal;

hexadecimal! {
    /// What a special absence is for, told apart and not told: the first 16 bytes of an HMAC-SHA-256 of the motive and the
    /// day of the event of life under a key of the agent's, in hexadecimal. Absences on one occasion have one; it says
    /// nothing without the key.
    Occasion(16), "an occasion is 32 hexadecimal digits"
}
