using System.Text;
using Clones.Hosting;
using Clones.Persistence.Keys;

namespace Clones.Custody;

/// <summary>The variables <c>DEPOSIT_KEY_ENCRYPTION_*</c>, wherever they were read, as bytes that are wiped.</summary>
internal sealed class KeySettings : IDisposable
{
    public const string Prefix = "DEPOSIT_KEY_ENCRYPTION_";
    private const int FileLengthMax = 64 * 1024;
    private readonly Dictionary<string, PinnedBytes> values = new(StringComparer.OrdinalIgnoreCase);

    private KeySettings() { }

    public IEnumerable<string> Names => values.Keys.Where(Has);

    public ReadOnlySpan<byte> this[string name] => values.TryGetValue(name, out var value) ? value.Span : default;

    /// <summary>Whether it has a value: what is empty is not set.</summary>
    public bool Has(string name) => !this[name].IsEmpty;

    /// <summary>For what is no secret: a version.</summary>
    public string? Text(string name) => values.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    /// <exception cref="ConfigurationMissingException">A name is misspelt.</exception>
    public static KeySettings FromConfiguration(IConfiguration configuration)
    {
        KeySettingName.Require(configuration.AsEnumerable().Select(s => s.Key));
        var settings = new KeySettings();
        foreach (var (name, value) in configuration.AsEnumerable())
        {
            if (KeySettingName.IsOurs(name) && !string.IsNullOrEmpty(value))
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
    /// One line feed at the end of a value is no part of it. Spaces before a name, and a byte order mark, are passed over; other names too.
    /// </summary>
    /// <exception cref="ConfigurationMissingException">
    /// There is nothing at the path, or it cannot be read; a name is misspelt, is there twice, or its line is none of <c>NAME=value</c>.
    /// </exception>
    public static KeySettings FromFile(string path)
    {
        var settings = new KeySettings();
        try
        {
            if (Directory.Exists(path))
            {
                foreach (var file in Directory.EnumerateFiles(path, Prefix + "*"))
                {
                    KeySettingName.Require(Path.GetFileName(file));
                    using var content = Read(file);
                    settings.Set(Path.GetFileName(file), PinnedBytes.CopyOf(WithoutLineEnd(content.Span)));
                }
            }
            else
            {
                using var content = Read(path);
                var text = WithoutByteOrderMark(content.Span);
                var number = 0;
                foreach (var range in text.Split((byte)'\n'))
                {
                    settings.SetLine(++number, WithoutLineEnd(text[range]));
                }
            }
            return settings;
        }
        catch (ConfigurationMissingException)
        {
            settings.Dispose();
            throw;
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

    private void SetLine(int number, ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        var isExported =
            line.StartsWith("export"u8) && line["export"u8.Length..].TrimStart(" \t"u8).Length < line.Length - "export"u8.Length;
        if (isExported)
        {
            line = line["export"u8.Length..].TrimStart(" \t"u8);
        }
        if (line.Length < Prefix.Length || !KeySettingName.IsOurs(Encoding.UTF8.GetString(line[..Prefix.Length])))
        {
            return;
        }

        // What follows may be a secret: only a name that is one of ours is shown.
        var equals = line.IndexOf((byte)'=');
        if (equals < 0)
        {
            throw new ConfigurationMissingException($"Line {number} of {Prefix}FILE has no '='. Write {Prefix}NAME=value.");
        }
        var name = Encoding.UTF8.GetString(line[..equals]);
        if (name != name.TrimEnd())
        {
            throw new ConfigurationMissingException($"Line {number} of {Prefix}FILE has a space before its '='. Write {Prefix}NAME=value.");
        }
        KeySettingName.Require(name);
        if (isExported)
        {
            // A shell would take quotes and more away from the value, which here are part of it.
            throw new ConfigurationMissingException(
                $"{name} stands behind \"export\" in {Prefix}FILE, which is no shell script. Write {name}=value, without quotes."
            );
        }
        Set(name, PinnedBytes.CopyOf(line[(equals + 1)..]));
    }

    private void Set(string name, PinnedBytes value)
    {
        if (!values.TryAdd(name, value))
        {
            value.Dispose();
            throw new ConfigurationMissingException($"{name} is given twice. Leave one of them.");
        }
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

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> text) =>
        text is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : text;

    private static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> value) =>
        value switch
        {
            [.. var rest, (byte)'\r', (byte)'\n'] => rest,
            [.. var rest, (byte)'\n' or (byte)'\r'] => rest,
            _ => value,
        };
}
