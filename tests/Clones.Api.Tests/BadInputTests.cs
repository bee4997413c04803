using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Clones.Api.Tests.Hosting;

namespace Clones.Api.Tests;

/// <summary>Whatever comes in: a 4xx problem document with a code, never a 500.</summary>
public sealed class BadInputTests(ApiFixture api)
{
    private const string Wallet = "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2";

    public static TheoryData<string, string, int, string> Bodies { get; } =
        new()
        {
            { "not JSON", "{", 400, "invalid_json" },
            { "empty", "", 400, "invalid_request" },
            { "white space", "   ", 400, "invalid_json" },
            { "a number", "1", 400, "invalid_request" },
            { "null", "null", 400, "invalid_request" },
            { "an array", "[]", 400, "invalid_request" },
            { "nested deeply", new string('[', 5_000) + new string(']', 5_000), 400, "" },
            { "nested in the field", $"{{\"address\":{new string('[', 500)}{new string(']', 500)}}}", 400, "" },
            { "two values", $"{{\"address\":\"{Wallet}\"}}{{}}", 400, "invalid_json" },
            { "a comment", $"{{/* */\"address\":\"{Wallet}\"}}", 400, "invalid_json" },
            { "a trailing comma", $"{{\"address\":\"{Wallet}\",}}", 400, "invalid_json" },
            { "a field twice", $"{{\"address\":\"{Wallet}\",\"address\":\"{Wallet}\"}}", 400, "invalid_request" },
            { "an unknown field", $"{{\"address\":\"{Wallet}\",\"admin\":true}}", 400, "invalid_request" },
            { "another case", $"{{\"Address\":\"{Wallet}\"}}", 400, "invalid_request" },
            { "a wrong type", "{\"address\":5}", 400, "invalid_request" },
            { "an object", "{\"address\":{}}", 400, "invalid_request" },
            { "a huge number", "{\"address\":1e400}", 400, "invalid_request" },
            { "NaN", "{\"address\":NaN}", 400, "invalid_json" },
            { "a null field", "{\"address\":null}", 400, "invalid_request" },
            { "no field", "{}", 400, "invalid_request" },
            { "bad base58", "{\"address\":\"0OIl\"}", 400, "invalid_request" },
            { "31 bytes", "{\"address\":\"1111111111111111111111111111111\"}", 400, "invalid_request" },
            { "33 bytes", "{\"address\":\"111111111111111111111111111111111\"}", 400, "invalid_request" },
            { "the system program", "{\"address\":\"11111111111111111111111111111111\"}", 400, "invalid_request" },
            { "off the curve", "{\"address\":\"GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL\"}", 400, "invalid_request" },
            { "a lone surrogate", "{\"address\":\"\\ud800\"}", 400, "" },
            { "NUL", "{\"address\":\"\\u0000\"}", 400, "invalid_request" },
            { "a raw NUL", "{\"address\":\"\0\"}", 400, "invalid_json" },
            { "megabytes of digits in the field", $"{{\"address\":\"{new string('1', 60_000)}\"}}", 400, "invalid_request" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_is_rejected_by_name(string what, string body, int status, string code)
    {
        using var http = api.Client();

        var answer = await http.SendContentAsync(HttpMethod.Post, "/v1/auth/challenge", Json(body));

        answer.Status.ShouldBe(status, what);
        answer.Response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        answer.Text("requestId").ShouldNotBeEmpty();
        if (code.Length > 0)
        {
            answer.Code.ShouldBe(code, what);
        }
    }

    [Fact]
    public async Task Invalid_UTF8_is_no_JSON()
    {
        using var http = api.Client();
        var content = new ByteArrayContent([.. "{\"address\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await http.SendContentAsync(HttpMethod.Post, "/v1/auth/challenge", content)).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=nonsense")]
    [InlineData("application/xml")]
    public async Task A_body_of_another_type_is_not_read(string type)
    {
        using var http = api.Client();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{{\"address\":\"{Wallet}\"}}"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await http.SendContentAsync(HttpMethod.Post, "/v1/auth/challenge", content);

        answer.Status.ShouldBe(415);
        answer.Code.ShouldBe("unsupported_media_type");
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked()
    {
        using var http = api.Client();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[10_000_000]);
        }

        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        (await http.SendContentAsync(HttpMethod.Post, "/v1/auth/challenge", content)).Status.ShouldBe(415);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_rejected_also_when_its_length_is_not_told(bool chunked)
    {
        using var http = api.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/auth/challenge")
        {
            Content = Json("{\"address\":\"" + new string('1', 200_000) + "\"}"),
        };
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await http.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(413);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("body_too_large");
    }

    [Theory]
    [InlineData("GET", "/v1/pools/1", 400)]
    [InlineData("GET", "/v1/pools/00000000-0000-0000-0000-000000000000", 404)]
    [InlineData("GET", "/v1/pools?limit=0", 400)]
    [InlineData("GET", "/v1/pools?limit=101", 400)]
    [InlineData("GET", "/v1/pools?limit=1e1", 400)]
    [InlineData("GET", "/v1/pools?limit=1&limit=2", 400)]
    [InlineData("GET", "/v1/pools?order=asc", 400)]
    [InlineData("GET", "/v1/pools?cursor=x", 400)]
    [InlineData("GET", "/v1/pools?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 400)]
    [InlineData("GET", "/v1/payments?status=0", 400)]
    [InlineData("GET", "/v1/payments?status=completed", 400)]
    [InlineData("GET", "/v1/payments?reference=%00", 400)]
    [InlineData("GET", "/v1/payments?recipient=0", 400)]
    [InlineData("GET", "/v1/agents?status=DRAFT'--", 400)]
    [InlineData("GET", "/v1/agents?trainingPoolId=x", 400)]
    [InlineData("DELETE", "/v1/pools", 405)]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/v1/agents/00000000-0000-0000-0000-000000000000/transactions/theft", 404)]
    [InlineData("GET", "/", 404)]
    public async Task A_bad_address_or_parameter_is_rejected(string method, string path, int status)
    {
        using var owner = await Owner.SignInAsync(api);

        var answer = await owner.Http.SendJsonAsync(new HttpMethod(method), path);

        answer.Status.ShouldBe(status);
        answer.Code.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_request_id_that_could_forge_a_log_line_is_replaced()
    {
        using var http = api.Client();

        var plain = await http.GetJsonAsync("/v1/pools", ("X-Request-Id", "order-7.retry_2"));
        var forged = await http.GetJsonAsync("/v1/pools", ("X-Request-Id", "x\" ,\"@l\":\"Fatal"));

        plain.Text("requestId").ShouldBe("order-7.retry_2");
        forged.Text("requestId").ShouldNotContain("Fatal");
        forged.Response.Headers.GetValues("X-Request-Id").ShouldBe([forged.Text("requestId")]);
    }

    [Theory]
    [InlineData("GET /v1/pools HTTP/1.1\r\nHost: x\r\nX-Bad: a\0b\r\n\r\n")]
    [InlineData(
        "POST /v1/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}"
    )]
    [InlineData("GET /v1/pools/%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /v1/pools HTTP/1.1\r\nHost: x\r\nIdempotency-Key: \u00fc\r\nX-Bad: \u0001\r\n\r\n")]
    [InlineData("NOT HTTP AT ALL\r\n\r\n")]
    public async Task Broken_HTTP_is_a_400_and_the_server_lives_on(string raw)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(api.Address.Host, api.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(raw));
        using var reader = new StreamReader(stream);

        (await reader.ReadLineAsync())!.ShouldContain("400");
        using var http = api.Client();
        (await http.GetJsonAsync("/health/live")).Status.ShouldBe(200);
    }

    internal static HttpContent Json(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
