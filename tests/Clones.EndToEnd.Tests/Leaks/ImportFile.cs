using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Custody.Import;
using Clones.Solana.Primitives;
using Microsoft.Extensions.Configuration;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>
/// A file for <c>keys import</c> that is a pipe: the import waits for its next line for as long as the test wants to look at its memory.
/// </summary>
internal sealed class ImportFile : IDisposable
{
    /// <summary>The import keeps as many lines at one time.</summary>
    private const int Batch = 100;

    /// <summary>All of the first batch but one, whose key belongs to another address.</summary>
    public const int Good = Batch - 1;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("clones-import-");
    private FileStream? pipe;

    public string Path => System.IO.Path.Combine(folder.FullName, "training_pools.json");
    public IReadOnlyList<Canary> Keys { get; } =
    [.. Enumerable.Range(1, Batch).Select(line => new Canary($"the key of line {line}") { PoolId = PoolId.Of($"{line:x24}") })];
    public IReadOnlyList<Canary> Pools => [.. Keys.Take(Good)];

    /// <summary>Lines of a second batch, which hold no keys, are rejected: the keys of the first are done with.</summary>
    public static string LastLineRead => $"line {2 * Batch}:";

    public async Task WriteAsync(PublicKey owner, IConfiguration oldKeyEncryption, CancellationToken cancellationToken)
    {
        using (var made = Process.Start("mkfifo", [Path]))
        {
            await made.WaitForExitAsync(cancellationToken);
        }
        var lines = Keys.Select((key, i) => Line(key, owner, i % 2 == 0 ? key.Bare : key.Old(oldKeyEncryption)));
        var text = string.Join('\n', lines.Concat(Enumerable.Repeat("no key is here", Batch)).Append(""));
        // Opening it waits for the reader.
        pipe = await Task.Run(
            () => new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
            cancellationToken
        );
        await pipe.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    public void Close() => pipe?.Dispose();

    public void Dispose()
    {
        pipe?.Dispose();
        folder.Delete(recursive: true);
    }

    private string Line(Canary key, PublicKey owner, string stored) =>
        new JsonObject
        {
            ["_id"] = new JsonObject { ["$oid"] = $"{Keys.ToList().IndexOf(key) + 1:x24}" },
            ["name"] = "Imported",
            ["status"] = "live",
            ["pricePerDemo"] = 0.01m,
            ["token"] = new JsonObject { ["type"] = "SOL", ["symbol"] = "SOL" },
            ["ownerAddress"] = owner.ToString(),
            ["depositAddress"] = (key == Keys[^1] ? new Canary("") : key).Address.ToString(),
            ["depositPrivateKey"] = stored,
            ["skills"] = "web",
        }.ToJsonString(Plain);
}
