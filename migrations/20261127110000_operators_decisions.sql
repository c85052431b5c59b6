-- What operators left out of a projection is looked for whenever somebody begins to lead it: not in the whole journal.
CREATE INDEX operators_decisions ON journal.event (position) WHERE stream_type = 'projection';
