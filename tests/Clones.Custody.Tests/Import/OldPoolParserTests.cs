using System.Text;
using Clones.Custody.Import;

namespace Clones.Custody.Tests.Import;

public sealed class OldPoolParserTests
{
    [Fact]
    public void A_document_becomes_a_pool_and_its_key_is_copied_out()
    {
        var old = new OldPoolJson().With("uploadLimit", "25").With("__v", "0").With("apps", """[{"a":1},{"a":[2]}]""");
        using var line = OldPoolParser.Parse(7, Encoding.UTF8.GetBytes(old.Line));

        line.Rejection.ShouldBeNull();
        var pool = line.Pool.ShouldNotBeNull();
        pool.OldId.ShouldBe(old.OldId);
        pool.PoolId.ShouldBe(PoolId.Of(old.OldId));
        pool.Name.ShouldBe("Browser basics");
        pool.Status.ShouldBe(OldPoolStatus.Live);
        pool.Price.ToBaseUnits(9, "").ShouldBe(500_000_000ul);
        pool.Token.ShouldBe(new OldToken(true, null, null));
        pool.Deposit.ToString().ShouldBe(old.Address);
        pool.Skills.ShouldBe(["web", "forms"]);
        pool.UploadLimit.ShouldBe(25);
        line.IgnoredFields.ShouldBe(["__v", "apps"]);
        var key = line.Key.ShouldNotBeNull().StoredUtf8;
        Encoding.UTF8.GetString(key.Span).ShouldBe(old.Bare);
        line.Dispose();
        key.Span.IndexOfAnyExcept((byte)0).ShouldBe(-1, "it is wiped");
    }

    [Fact]
    public void An_escaped_key_is_the_same_key()
    {
        var old = new OldPoolJson();
        var escaped = string.Concat(
            old.Bare.Select(
                (c, i) =>
                    c == '/' ? "\\/"
                    : i % 2 == 0 ? $"\\u{(int)c:x4}"
                    : $"{c}"
            )
        );
        using var line = OldPoolParser.Parse(1, Encoding.UTF8.GetBytes(old.Line.Replace(old.Bare, escaped, StringComparison.Ordinal)));
        Encoding.UTF8.GetString(line.Key!.StoredUtf8.Span).ShouldBe(old.Bare);
    }

    [Theory]
    [InlineData("live", "Live")]
    [InlineData("LIVE", "Live")]
    [InlineData("paused", "Paused")]
    [InlineData("noFunds", "NoFunds")]
    [InlineData("no_funds", "NoFunds")]
    [InlineData("no-funds", "NoFunds")]
    [InlineData("out of funds", "NoFunds")]
    [InlineData("noGas", "NoGas")]
    [InlineData("NO_GAS", "NoGas")]
    [InlineData("no-gas", "NoGas")]
    public void Every_spelling_of_a_status_is_known(string text, string status) =>
        Parsed(new OldPoolJson().With("status", $"\"{text}\"")).Status.ToString().ShouldBe(status);

    [Theory]
    [InlineData("""{"type":"SOL","symbol":"SOL","address":"So11111111111111111111111111111111111111112"}""", true, null)]
    [InlineData("""{"type":"sol"}""", true, null)]
    [InlineData("""{"type":"VIRAL","symbol":"VIRAL"}""", false, "VIRAL")]
    [InlineData("""{"type":"CUSTOM","symbol":"dev1","address":""}""", false, "DEV1")]
    [InlineData("""{"type":"CUSTOM","symbol":"$dev","mint":"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"}""", false, null)]
    public void A_token_is_SOL_or_named_by_symbol_or_mint(string json, bool isSol, string? symbol)
    {
        var token = Parsed(new OldPoolJson().With("token", json)).Token;
        token.IsSol.ShouldBe(isSol);
        token.Symbol.ShouldBe(symbol);
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("""{"type":null,"limitType":"total"}""", null)]
    [InlineData("""{"limitType":"per-day"}""", null)]
    [InlineData("7", 7)]
    [InlineData("""{"$numberInt":"7"}""", 7)]
    [InlineData("""{"$numberDouble":"1E+06"}""", 1_000_000)]
    public void An_upload_limit_is_taken_where_it_means_one_thing(string json, int? limit) =>
        Parsed(new OldPoolJson().With("uploadLimit", json)).UploadLimit.ShouldBe(limit);

    [Theory]
    [InlineData("null", new string[0])]
    [InlineData("\"\"", new string[0])]
    [InlineData("\" web , forms,web, \"", new[] { "web", "forms" })]
    [InlineData("""["web","a, b"]""", new[] { "web", "a, b" })]
    public void Skills_are_a_text_with_commas_or_an_array(string json, string[] skills) =>
        Parsed(new OldPoolJson().With("skills", json)).Skills.ShouldBe(skills);

    [Theory]
    [InlineData("_id", null, "is missing")]
    [InlineData("_id", "\"\"", "must be 1 to 100 characters long")]
    [InlineData("_id", "17", "must be {\"$oid\": 24 hex digits} or a text")]
    [InlineData("_id", """{"$oid":"65f1"}""", "must be {\"$oid\": 24 hex digits} or a text")]
    [InlineData("_id", """{"$oid":"65f1c0ffee65f1c0ffee65f1","b":"c"}""", "must be {\"$oid\": 24 hex digits} or a text")]
    [InlineData("name", null, "is missing")]
    [InlineData("name", "\"\"", "must be 1 to 100 characters long")]
    [InlineData("name", "\"a\\u202eb\"", "must not contain U+202E")]
    [InlineData("name", "[\"a\"]", "must be a text")]
    [InlineData("status", "\"archived\"", "must be live, paused, no-funds or no-gas")]
    [InlineData("pricePerDemo", null, "is missing")]
    [InlineData("pricePerDemo", "\"10\"", "must be a number")]
    [InlineData("pricePerDemo", "-1", "must be above zero")]
    [InlineData("pricePerDemo", """{"$numberDouble":"NaN"}""", "must be a number")]
    [InlineData("pricePerDemo", """{"$numberInt":"1.5"}""", "must be whole as a $numberInt")]
    [InlineData("pricePerDemo", """{"$numberLong":"1","$numberInt":"1"}""", "must be a number")]
    [InlineData("token", null, "is missing")]
    [InlineData("token", "\"SOL\"", "must be an object with type and symbol")]
    [InlineData("token", "{}", "is missing", "token.type")]
    [InlineData("token", """{"type":"SOL","symbol":"VIRAL"}""", "must be SOL where token.type is", "token.symbol")]
    [InlineData("token", """{"type":"CUSTOM","symbol":"SOL"}""", "must be SOL where token.symbol is", "token.type")]
    [InlineData("token", """{"type":"VIRAL"}""", "is missing", "token.symbol")]
    [InlineData("token", """{"type":"VIRAL","symbol":"","address":""}""", "is missing", "token.symbol")]
    [InlineData("token", """{"type":"CUSTOM","symbol":"a symbol"}""", "must be 1 to 10 of A-Z and 0-9", "token.symbol")]
    [InlineData("token", """{"type":"CUSTOM","symbol":"A","address":"l"}""", "must be the base58 address of a mint", "token.address")]
    [InlineData("token", """{"type":"CUSTOM","address":"a","mint":"b"}""", "is not the same as token.address", "token.mint")]
    [InlineData("ownerAddress", "\"nobody\"", "must be a base58 address of 32 bytes")]
    [InlineData("ownerAddress", "\"11111111111111111111111111111111\"", "must be the address of a wallet")]
    [InlineData("depositAddress", "\"nobody\"", "must be a base58 address of 32 bytes")]
    [InlineData("depositPrivateKey", null, "is missing")]
    [InlineData("depositPrivateKey", "null", "must be a text in one of the forms")]
    [InlineData("depositPrivateKey", "\"\"", "must be a text in one of the forms")]
    [InlineData("depositPrivateKey", "\"k1:1:aa:bb:cc\"", "is in the form of this system (k1), bound to another wallet")]
    [InlineData("skills", """["web","web"]""", "must not contain one twice")]
    [InlineData("skills", "[null]", "must not contain null")]
    [InlineData("skills", "\"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21\"", "must be at most 20")]
    [InlineData("uploadLimit", "0", "must be above zero")]
    [InlineData("uploadLimit", "1.5", "has more decimals")]
    [InlineData("uploadLimit", "1000001", "must be from 1 to 1000000")]
    [InlineData("uploadLimit", "1e400", "is larger than")]
    [InlineData("uploadLimit", """{"type":10,"limitType":"total"}""", "counts over all people in the old system")]
    [InlineData("uploadLimit", """{"type":{"$numberInt":"10"}}""", "counts over all people in the old system")]
    public void A_field_that_breaks_its_rule_is_named_with_the_reason(string field, string? json, string reason, string? named = null)
    {
        using var line = OldPoolParser.Parse(3, Encoding.UTF8.GetBytes(new OldPoolJson().With(field, json).Line));
        line.Rejection.ShouldNotBeNull().ShouldStartWith($"{named ?? field}: {reason}");
        (line.Pool, line.Key).ShouldBe((null, null));
    }

    [Fact]
    public void A_name_or_skill_above_its_length_is_rejected()
    {
        Rejected(new OldPoolJson().With("name", $"\"{new string('x', 101)}\"").Line).ShouldBe("name: must be 1 to 100 characters long");
        Rejected(new OldPoolJson().With("skills", $"\"{new string('x', 51)}\"").Line)
            .ShouldBe("skills: each must be 1 to 50 characters long");
        Rejected(new OldPoolJson().With("depositPrivateKey", $"\"{new string('x', 513)}\"").Line)
            .ShouldStartWith("depositPrivateKey: must be a text");
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""", "holds a field twice: name")]
    [InlineData("""{"depositPrivateKey":"a","depositPrivateKey":"b"}""", "holds a field twice: depositPrivateKey")]
    [InlineData("""{"apps":[{"x":1,"x":2}]}""", "holds a field twice: x")]
    [InlineData("""{"token":{"type":"SOL","ty\u0070e":"A"}}""", "token: holds a field twice: type")]
    [InlineData("""{"name":"\ud800"}""", "name: must be well-formed Unicode")]
    [InlineData("""{"depositPrivateKey":"\ud800"}""", "depositPrivateKey: must be well-formed Unicode")]
    [InlineData("""{"name":"a"} {}""", "is not valid JSON at byte 14")]
    [InlineData("""{"name":""", "is not valid JSON at byte 9")]
    [InlineData("""{'name':1}""", "is not valid JSON at byte 2")]
    [InlineData("17", "must be one JSON object")]
    [InlineData("[]", "must be one JSON object")]
    [InlineData("nonsense", "is not valid JSON at byte 2")]
    public void A_line_that_is_no_document_is_rejected_without_being_quoted(string text, string reason) => Rejected(text).ShouldBe(reason);

    [Fact]
    public void Deep_nesting_and_invalid_UTF_8_are_rejected()
    {
        var deep = $$"""{"apps":{{new string('[', 40)}}{{new string(']', 40)}}}""";
        Rejected(deep).ShouldBe("is nested deeper than 32 levels");
        Rejected($$"""{"apps":{{new string('[', 500_000)}}""").ShouldBe("is nested deeper than 32 levels");
        using var line = OldPoolParser.Parse(1, [.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        line.Rejection.ShouldBe("is not valid UTF-8");
    }

    private static OldPool Parsed(OldPoolJson old)
    {
        using var line = OldPoolParser.Parse(1, Encoding.UTF8.GetBytes(old.Line));
        line.Rejection.ShouldBeNull();
        return line.Pool!;
    }

    private static string? Rejected(string text)
    {
        using var line = OldPoolParser.Parse(1, Encoding.UTF8.GetBytes(text));
        return line.Rejection;
    }
}
