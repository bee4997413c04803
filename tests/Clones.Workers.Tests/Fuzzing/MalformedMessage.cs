using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace Clones.Workers.Tests.Fuzzing;

/// <summary>
/// Messages that no queue may take, each wrong in one way at least, all of them out of one number: the same number, the same message. The ways
/// are those of shared input rules: what is no JSON, what has another shape, a value of another kind, headers and envelopes that lie.
/// </summary>
internal sealed class MalformedMessage(Random dice)
{
    private const string Envelope = "application/vnd.masstransit+json";

    public (BasicProperties Properties, byte[] Body, string Wrong) For(QueueDoor door)
    {
        var ways = new List<Func<QueueDoor, (BasicProperties, byte[], string)>> { Raw, Shape, Wrapped, Headers };
        if (door.Required.Count > 0)
        {
            ways.AddRange([Missing, Field, Field]);
        }

        return ways[dice.Next(ways.Count)](door);
    }

    /// <summary>Nothing is wrong with it but that what it names does not exist.</summary>
    public (BasicProperties Properties, byte[] Body) AboutNothing(QueueDoor door) => (Plain(), Bytes(door.Body(dice)));

    private (BasicProperties, byte[], string) Raw(QueueDoor door)
    {
        var text = Bytes(door.Body(dice));
        return dice.Next(9) switch
        {
            0 => (Plain(), text[..dice.Next(1, text.Length)], "cut off"),
            1 => (Plain(), [], "empty"),
            2 => (Plain(), [.. text, .. text], "twice"),
            3 => (Plain(), Encoding.UTF8.GetBytes(new string('[', dice.Next(65, 30_000))), "nested deeply"),
            4 => (Plain(), Noise(dice.Next(1, 2_000)), "noise"),
            5 => (Plain(), Encoding.Unicode.GetBytes(door.Body(dice).ToJsonString()), "UTF-16"),
            6 => (Plain(), [.. "//"u8, .. text], "a comment"),
            7 => (Plain(), new byte[dice.Next(256 * 1024, 1024 * 1024)], "nothing but NUL"),
            _ => (Plain(), [.. text[..^1], 0xff, .. "}"u8], "a byte that is no UTF-8"),
        };
    }

    private (BasicProperties, byte[], string) Shape(QueueDoor door)
    {
        string[] roots = ["null", "1", "true", "\"text\"", "[]", "[{}]", "-0", "1e999", "{\"message\":{}}"];
        // A command without any field of its own is content with any object.
        var root = roots[dice.Next(door.Required.Count > 0 ? roots.Length : roots.Length - 1)];
        return (Plain(), Encoding.UTF8.GetBytes(root), $"the root is {root}");
    }

    private (BasicProperties, byte[], string) Missing(QueueDoor door)
    {
        var body = door.Body(dice);
        var name = QueueDoor.NameOf(door.Required[dice.Next(door.Required.Count)]);
        if (dice.Next(2) == 0)
        {
            body.Remove(name);
            return (Plain(), Bytes(body), $"{name} is missing");
        }
        body[name] = null;
        return (Plain(), Bytes(body), $"{name} is null");
    }

    /// <summary>A value of a kind that the field does not take.</summary>
    private (BasicProperties, byte[], string) Field(QueueDoor door)
    {
        var body = door.Body(dice);
        var field = door.Required[dice.Next(door.Required.Count)];
        var kind = QueueDoor.KindOf(field);
        string[] values =
            kind == typeof(string) ? ["[]", "{}", "[\"a\"]", "{\"a\":1}"]
            : kind == typeof(Guid) ? ["\"\"", "\"not an id\"", "{}", "[]", "1", "true", "\"00000000-0000-0000-0000-00000000000g\""]
            : ["\"text\"", "{}", "[]", "1e400", "99999999999999999999999", "1.5", "\"\\ud800\""];
        var name = QueueDoor.NameOf(field);
        var value = values[dice.Next(values.Length)];
        body[name] = "\ue000";
        var text = body.ToJsonString().Replace("\"\\uE000\"", value, StringComparison.Ordinal);
        return (Plain(), Encoding.UTF8.GetBytes(text), $"{name} is {value}");
    }

    /// <summary>MassTransit's own envelope, broken or about something else.</summary>
    private (BasicProperties, byte[], string) Wrapped(QueueDoor door)
    {
        var envelope = new JsonObject
        {
            ["messageId"] = QueueDoor.NewId(dice).ToString(),
            ["messageType"] = new JsonArray(door.Urn),
            ["message"] = door.Body(dice),
        };
        switch (dice.Next(5))
        {
            case 0:
                envelope["messageType"] = new JsonArray("urn:message:Evil:Overlord");
                return (Plain(Envelope), Bytes(envelope), "an envelope of an unknown type");
            case 1:
                envelope["messageId"] = "not an id";
                return (Plain(Envelope), Bytes(envelope)[..^20], "an envelope that is cut off");
            case 2:
                envelope["message"] = "a text";
                return (Plain(Envelope), Bytes(envelope), "an envelope around a text");
            case 3:
                envelope["message"] = new JsonObject { ["evil"] = true };
                envelope["messageType"] = new JsonArray();
                return (Plain(Envelope), Bytes(envelope), "an envelope of no type");
            default:
                return (Plain(Envelope), [], "an envelope of nothing");
        }
    }

    private (BasicProperties, byte[], string) Headers(QueueDoor door)
    {
        var properties = Plain();
        properties.Headers = new Dictionary<string, object?>
        {
            ["MT-MessageType"] = $"urn:message:Clones.Contracts:Version{dice.Next(2, 100)}",
            // Names of headers are case-sensitive in AMQP.
            ["own"] = 1,
            ["Own"] = 2,
        };
        return (properties, Bytes(door.Body(dice)), "a type or a version that nobody knows");
    }

    private BasicProperties Plain(string contentType = "application/json") =>
        new()
        {
            ContentType = contentType,
            Persistent = true,
            // Some have no id, some one that is none, some one of their own.
            MessageId = dice.Next(3) switch
            {
                0 => null,
                1 => "not an id",
                _ => QueueDoor.NewId(dice).ToString(),
            },
        };

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        dice.NextBytes(noise);
        return noise;
    }

    private static byte[] Bytes(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
