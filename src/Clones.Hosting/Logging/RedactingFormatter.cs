using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace Clones.Hosting.Logging;

/// <summary>One JSON object per line, every text cleaned by <see cref="Redaction"/>. Only a property named Signature may hold 64 bytes.</summary>
public sealed class RedactingFormatter : ITextFormatter
{
    private readonly CompactJsonFormatter json = new();

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var clean = new LogEvent(
            logEvent.Timestamp,
            logEvent.Level,
            logEvent.Exception is { } exception ? new CleanException(Redaction.Of(exception.ToString())) : null,
            logEvent.MessageTemplate,
            logEvent.Properties.Select(p => new LogEventProperty(p.Key, Clean(p.Key, p.Value))),
            logEvent.TraceId ?? default,
            logEvent.SpanId ?? default
        );
        json.Format(clean, output);
    }

    private static LogEventPropertyValue Clean(string name, LogEventPropertyValue value)
    {
        if (Redaction.IsSecretName(name))
        {
            return new ScalarValue(Redaction.Mark);
        }

        // The signature of a transaction is public, and what an operator searches for in an explorer.
        return name == "Signature" ? value : CleanValue(value);
    }

    private static LogEventPropertyValue CleanValue(LogEventPropertyValue value) =>
        value switch
        {
            ScalarValue { Value: null or bool or int or long or uint or ulong or double or decimal or Guid or DateTimeOffset or Enum } =>
                value,
            ScalarValue scalar => new ScalarValue(Redaction.Of(scalar.Value!.ToString() ?? "")),
            SequenceValue sequence => new SequenceValue(sequence.Elements.Select(CleanValue)),
            StructureValue structure => new StructureValue(
                structure.Properties.Select(p => new LogEventProperty(p.Name, Clean(p.Name, p.Value))),
                structure.TypeTag
            ),
            DictionaryValue dictionary => new DictionaryValue(
                dictionary.Elements.Select(e => KeyValuePair.Create(e.Key, Clean(e.Key.Value?.ToString() ?? "", e.Value)))
            ),
            _ => new ScalarValue(Redaction.Mark),
        };

    private sealed class CleanException(string text) : Exception
    {
        public override string ToString() => text;
    }
}
