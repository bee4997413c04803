using System.Text.Json;

namespace Clones.Workers.Keys.Transit;

/// <summary>
/// Reads <c>data.batch_results</c>, which has one result per item in the order of the request: a value, or an <c>error</c> beside an empty value.
/// Where an item has failed, the status is 400, or what partial_failure_response_code asked for; the body is the same.
/// </summary>
internal static class TransitBatchAnswers
{
    /// <param name="json">The answer.</param>
    /// <param name="count">Items of the request.</param>
    /// <param name="dataKeys">Takes 32 bytes per item; only those without a fault are data keys.</param>
    public static TransitFault[] Plaintexts(ReadOnlySpan<byte> json, int count, Span<byte> dataKeys)
    {
        var reader = Results(json);
        var faults = new TransitFault[count];
        for (var i = 0; NextItem(ref reader, i, count); i++)
        {
            var opened = false;
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("plaintext"u8))
                {
                    opened = TransitAnswers.ReadPlaintext(
                        ref reader,
                        dataKeys.Slice(i * TransitClient.DataKeyLength, TransitClient.DataKeyLength)
                    );
                }
                else
                {
                    ReadError(ref reader, ref faults[i]);
                }
            }
            if (!opened && faults[i] == TransitFault.None)
            {
                throw new TransitAnswerException("an item of data.batch_results has neither an error nor the base64 of 32 bytes");
            }
        }
        return faults;
    }

    public static (TransitCiphertext? Ciphertext, TransitFault Fault)[] Ciphertexts(ReadOnlySpan<byte> json, int count)
    {
        var reader = Results(json);
        var results = new (TransitCiphertext? Ciphertext, TransitFault Fault)[count];
        for (var i = 0; NextItem(ref reader, i, count); i++)
        {
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("ciphertext"u8))
                {
                    results[i].Ciphertext = TransitAnswers.ReadCiphertext(ref reader);
                }
                else
                {
                    ReadError(ref reader, ref results[i].Fault);
                }
            }
            if (results[i].Ciphertext is null && results[i].Fault == TransitFault.None)
            {
                throw new TransitAnswerException("an item of data.batch_results has neither an error nor a ciphertext");
            }
        }
        return results;
    }

    private static Utf8JsonReader Results(ReadOnlySpan<byte> json)
    {
        var reader = TransitJson.Data(json);
        if (!reader.FindProperty("batch_results"u8))
        {
            throw TransitAnswerException.Missing("data.batch_results");
        }
        reader.Read();
        return reader.TokenType == JsonTokenType.StartArray ? reader : throw new TransitAnswerException("data.batch_results is no array");
    }

    private static bool NextItem(ref Utf8JsonReader reader, int i, int count)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.EndArray when i == count => false,
            JsonTokenType.StartObject when i < count => true,
            JsonTokenType.EndArray or JsonTokenType.StartObject => throw new TransitAnswerException(
                "data.batch_results has another number of items than the request"
            ),
            _ => throw new TransitAnswerException("an item of data.batch_results is no object"),
        };
    }

    private static void ReadError(ref Utf8JsonReader reader, ref TransitFault fault)
    {
        if (!reader.ValueTextEquals("error"u8))
        {
            reader.SkipValue();
            return;
        }
        reader.ReadString("error");
        if (reader.ValueSpan.Length > 0)
        {
            fault = TransitFaults.OfText(reader.ValueSpan);
        }
    }
}
