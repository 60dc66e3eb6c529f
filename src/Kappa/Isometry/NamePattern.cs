using System.IO.Enumeration;

namespace Kappa.Isometry;

/// <summary>Paths of parameters against patterns with stars.</summary>
internal static class NamePattern
{
    internal static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
