namespace Kappa.Cli.Display;

/// <summary>A table as plain text, its columns aligned.</summary>
internal static class TextTable
{
    internal static void Write(TextWriter output, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> lines = [headings, .. rows];
        int[] widths = [.. headings.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (var line in lines)
            output.WriteLine("  " + string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
