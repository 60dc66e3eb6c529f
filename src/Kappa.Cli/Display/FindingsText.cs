using Kappa.Lab.Statistics;

namespace Kappa.Cli.Display;

/// <summary>What an experiment found, as plain text: the answer and the tables.</summary>
internal static class FindingsText
{
    internal static void Write(TextWriter output, Findings findings)
    {
        foreach (var section in findings.Sections.Where(section => section.Table is not null))
        {
            output.WriteLine();
            output.WriteLine(section.Title);
            TextTable.Write(output, section.Table!.Columns, section.Table.Rows);
        }
        output.WriteLine();
        output.WriteLine(findings.Headline);
        output.WriteLine();
    }
}
