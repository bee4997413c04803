using Clones.Domain;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Clones.Persistence;

/// <summary>Enumerations and names are stored as <see cref="UpperSnakeCase"/> writes them.</summary>
internal static class UpperSnakeCaseConverters
{
    internal sealed class OfEnum<TEnum>() : ValueConverter<TEnum, string>(v => UpperSnakeCase.From(v), v => UpperSnakeCase.Parse<TEnum>(v))
        where TEnum : struct, Enum;

    internal sealed class OfName() : ValueConverter<string, string>(v => UpperSnakeCase.From(v), v => UpperSnakeCase.ToPascalCase(v));
}
