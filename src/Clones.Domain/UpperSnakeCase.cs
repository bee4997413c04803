using System.Text;

namespace Clones.Domain;

/// <summary>Names in the database and at the edges are WRITTEN_LIKE_THIS; in C# WrittenLikeThis. One rule for both ways.</summary>
public static class UpperSnakeCase
{
    public static string From(string pascalCase)
    {
        var text = new StringBuilder(pascalCase.Length + 8);
        foreach (var c in pascalCase)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToUpperInvariant(c));
        }
        return text.ToString();
    }

    public static string ToPascalCase(string upperSnakeCase)
    {
        var text = new StringBuilder(upperSnakeCase.Length);
        foreach (var word in upperSnakeCase.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(word[0]).Append(word[1..].ToLowerInvariant());
        }

        return text.ToString();
    }

    public static string From<TEnum>(TEnum value)
        where TEnum : struct, Enum => From(value.ToString());

    public static TEnum Parse<TEnum>(string upperSnakeCase)
        where TEnum : struct, Enum => Enum.Parse<TEnum>(ToPascalCase(upperSnakeCase));
}
