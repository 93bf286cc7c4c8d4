namespace AnomalyDetect.Response.Redis;

/// <summary>
/// The scripts, each one atomic step. They use GET, SET PX, PTTL, DEL, INCR, PUBLISH, ZADD, ZSCORE, ZREM and ZREMRANGEBYSCORE, which Redis (3.2 and later), Valkey and
/// Garnet (with Lua enabled; its transaction mode makes scripts atomic) all have. Each says by how much it moved the version on, so that a version that moved
/// otherwise tells of somebody else's change, or of a command given up here that was carried out all the same.
/// </summary>
internal static class RedisScripts
{
    /// <summary>
    /// Writes a decision's key and deletes the session it is about. KEYS: deny key, index, version, [session key]. ARGV: value, TTL in ms, expiry in ms,
    /// now in ms, decision id, type, channel, session's sha256, <c>1</c> to overwrite whatever the key holds, a watermark's <c>not_before</c> (else empty). Without
    /// overwriting, a key holding another decision that lasts longer is left as it is, and two watermarks become one. Returns <c>{what came of the session, version, changes}</c>.
    /// </summary>
    public const string Enforce =
        """
        local changes = 0
        local function tell(op, key)
          changes = changes + 1
          local version = redis.call('INCR', KEYS[3])
          redis.call('PUBLISH', ARGV[7], cjson.encode({version = version, op = op, key = key, decision_id = ARGV[5], type = ARGV[6]}))
        end
        local outcome = 'enforced'
        local deleted = false
        if KEYS[4] then
          local raw = redis.pcall('GET', KEYS[4])
          if raw == false then
            outcome = 'unverifiable'
          elseif type(raw) ~= 'string' then
            outcome = 'unreadable'
          else
            local ok, session = pcall(cjson.decode, raw)
            if not ok or type(session) ~= 'table' or type(session['session_sha256']) ~= 'string' then
              outcome = 'unreadable'
            elseif session['session_sha256'] ~= ARGV[8] then
              outcome = 'mismatch'
            else
              redis.call('DEL', KEYS[4])
              deleted = true
            end
          end
        end
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
        local held = redis.pcall('GET', KEYS[1])
        local keep = false
        local value, ttl, expiry = ARGV[1], ARGV[2], ARGV[3]
        if type(held) == 'string' and ARGV[9] ~= '1' then
          local ok, other = pcall(cjson.decode, held)
          local expires = redis.call('ZSCORE', KEYS[2], KEYS[1])
          if ok and type(other) == 'table' and expires then
            local longer = tonumber(expires) >= tonumber(ARGV[3])
            local mark, theirs = tonumber(ARGV[10]), tonumber(other['not_before'])
            if not (mark and theirs) then
              keep = longer and other['decision_id'] ~= ARGV[5]
            elseif longer and theirs >= mark then
              keep = true
            elseif longer or theirs > mark then
              local mine = cjson.decode(ARGV[1])
              local strict = theirs > mark and other or mine
              local long = longer and other or mine
              value = '{"decision_id":"' .. strict['decision_id'] .. '","type":"' .. strict['type'] .. '","created_at":"' .. strict['created_at']
                .. '","expires_at":"' .. long['expires_at'] .. '","not_before":' .. string.format('%.0f', theirs > mark and theirs or mark) .. '}'
              if longer then
                ttl = redis.call('PTTL', KEYS[1])
                expiry = expires
              end
            end
          end
        end
        if not keep then
          redis.call('SET', KEYS[1], value, 'PX', ttl)
          redis.call('ZADD', KEYS[2], expiry, KEYS[1])
          if held ~= value then tell('set', KEYS[1]) end
        end
        if deleted then tell('session_deleted', KEYS[4]) end
        return {outcome, redis.call('GET', KEYS[3]), changes}
        """;

    /// <summary>
    /// Takes a decision back. KEYS: deny key, index, version. ARGV: decision id, type, channel, then of another decision in force on the same key: value, TTL in
    /// ms, expiry in ms, its id (empty: there is none); <c>1</c> where a watermark may hold the decision among others. Otherwise only a key that holds this very decision is
    /// touched. Returns <c>{what came of it, version, changes}</c>.
    /// </summary>
    public const string Remove =
        """
        local changes = 0
        local function tell(op, id)
          changes = changes + 1
          local version = redis.call('INCR', KEYS[3])
          redis.call('PUBLISH', ARGV[3], cjson.encode({version = version, op = op, key = KEYS[1], decision_id = id, type = ARGV[2]}))
        end
        local held = redis.pcall('GET', KEYS[1])
        if type(held) ~= 'string' then
          redis.call('ZREM', KEYS[2], KEYS[1])
          return {'absent', redis.call('GET', KEYS[3]), changes}
        end
        local ok, value = pcall(cjson.decode, held)
        if not ok or type(value) ~= 'table' or (value['decision_id'] ~= ARGV[1] and not (ARGV[8] == '1' and value['not_before'])) then
          return {'held_by_another', redis.call('GET', KEYS[3]), changes}
        end
        if ARGV[4] == '' then
          redis.call('DEL', KEYS[1])
          redis.call('ZREM', KEYS[2], KEYS[1])
          tell('remove', ARGV[1])
          return {'undone', redis.call('GET', KEYS[3]), changes}
        end
        redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
        redis.call('ZADD', KEYS[2], ARGV[6], KEYS[1])
        tell('set', ARGV[7])
        return {'replaced', redis.call('GET', KEYS[3]), changes}
        """;

    /// <summary>
    /// Ends a rewrite: the version moves on from the higher of its own and the last one known, so that it never repeats. KEYS: version. ARGV: last version known,
    /// channel. Returns <c>{version it found, version}</c>.
    /// </summary>
    public const string Resync =
        """
        local found = tonumber(redis.call('GET', KEYS[1]) or '0')
        if found < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
        local version = redis.call('INCR', KEYS[1])
        redis.call('PUBLISH', ARGV[2], cjson.encode({version = version, op = 'resync'}))
        return {found, version}
        """;
}
