namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>Characters as tokens.</summary>
internal sealed class Alphabet
{
    private readonly string _characters;

    /// <param name="hasText">Whether letters, the space and the point are among them, for text.</param>
    internal Alphabet(bool hasText) => _characters = ProblemWriter.Characters + (hasText ? "abcdefghijklmnopqrstuvwxyz ." : "");

    internal int Count => _characters.Length;

    internal int End => TokenOf(ProblemWriter.EndMark);

    internal int[] Tokens(string text) => [.. text.Select(TokenOf)];

    internal string Text(IEnumerable<int> tokens) => string.Concat(tokens.Select(token => _characters[token]));

    /// <summary>Text in small letters; what is no letter, digit or point becomes one space.</summary>
    internal int[] TokensOfText(string text)
    {
        var tokens = new List<int>(text.Length);
        int space = TokenOf(' ');
        foreach (char character in text)
        {
            int token = char.IsAsciiLetterOrDigit(character) || character == '.' ? TokenOf(char.ToLowerInvariant(character)) : space;
            if (token != space || (tokens.Count > 0 && tokens[^1] != space))
                tokens.Add(token);
        }
        return [.. tokens];
    }

    private int TokenOf(char character) => _characters.IndexOf(character, StringComparison.Ordinal);
}
