using System.Text;
using Clones.Persistence.Messaging.Hosting;

namespace Clones.Workers.Keys;

/// <summary>The variables <c>DEPOSIT_KEY_ENCRYPTION_*</c>, wherever they were read, as bytes that are wiped.</summary>
internal sealed class KeySettings : IDisposable
{
    public const string Prefix = "DEPOSIT_KEY_ENCRYPTION_";
    private const int FileLengthMax = 64 * 1024;
    private readonly Dictionary<string, PinnedBytes> values = new(StringComparer.OrdinalIgnoreCase);

    private KeySettings() { }

    public IEnumerable<string> Names => values.Keys;

    public ReadOnlySpan<byte> this[string name] => values.TryGetValue(name, out var value) ? value.Span : default;

    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>For what is no secret: a version.</summary>
    public string? Text(string name) => values.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    public static KeySettings FromConfiguration(IConfiguration configuration)
    {
        var settings = new KeySettings();
        foreach (var (name, value) in configuration.AsEnumerable())
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(value))
            {
                var bytes = new PinnedBytes(Encoding.UTF8.GetByteCount(value));
                Encoding.UTF8.GetBytes(value, bytes.Span);
                settings.Set(name, bytes);
            }
        }
        return settings;
    }

    /// <summary>
    /// A file with a line <c>NAME=value</c> for each variable, or a folder with a file for each, named for it (what Docker and Kubernetes mount).
    /// One line feed at the end of a value is no part of it.
    /// </summary>
    /// <exception cref="ConfigurationMissingException">There is nothing at the path, or it cannot be read.</exception>
    public static KeySettings FromFile(string path)
    {
        var settings = new KeySettings();
        try
        {
            if (Directory.Exists(path))
            {
                foreach (var file in Directory.EnumerateFiles(path, Prefix + "*"))
                {
                    using var content = Read(file);
                    settings.Set(Path.GetFileName(file), PinnedBytes.CopyOf(WithoutLineEnd(content.Span)));
                }
            }
            else
            {
                using var content = Read(path);
                foreach (var range in content.Span.Split((byte)'\n'))
                {
                    settings.SetLine(WithoutLineEnd(content.Span[range]));
                }
            }
            return settings;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            settings.Dispose();
            throw new ConfigurationMissingException(
                $"{Prefix}FILE cannot be read ({e.GetType().Name}). Set it to a file of lines {Prefix}SECRET=.., or to a folder with a file for each variable."
            );
        }
    }

    public void Dispose()
    {
        foreach (var value in values.Values)
        {
            value.Dispose();
        }
    }

    private void SetLine(ReadOnlySpan<byte> line)
    {
        var equals = line.IndexOf((byte)'=');
        if (equals > 0 && line.StartsWith("DEPOSIT_KEY_ENCRYPTION_"u8) && equals + 1 < line.Length)
        {
            Set(Encoding.UTF8.GetString(line[..equals]), PinnedBytes.CopyOf(line[(equals + 1)..]));
        }
    }

    private void Set(string name, PinnedBytes value)
    {
        if (value.Span.IsEmpty)
        {
            return;
        }
        if (values.Remove(name, out var before))
        {
            before.Dispose();
        }
        values.Add(name, value);
    }

    private static PinnedBytes Read(string file)
    {
        // No buffer of the stream's own.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (stream.Length > FileLengthMax)
        {
            throw new IOException("It is too long.");
        }
        var content = new PinnedBytes((int)stream.Length);
        stream.ReadExactly(content.Span);
        return content;
    }

    private static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> value) =>
        value switch
        {
            [.. var rest, (byte)'\r', (byte)'\n'] => rest,
            [.. var rest, (byte)'\n' or (byte)'\r'] => rest,
            _ => value,
        };
}
