namespace Kappa.Lab.Tasks;

/// <summary>Something a task wants its report to say beside the comparison.</summary>
/// <param name="Title">A heading.</param>
/// <param name="Text">Plain text; an empty line begins a new paragraph.</param>
/// <param name="Columns">Headings of a table below the text; null for none.</param>
/// <param name="Rows">The table's cells, as many in each row as there are columns; null for none.</param>
public sealed record ReportNote(
    string Title, string Text, IReadOnlyList<string>? Columns = null, IReadOnlyList<IReadOnlyList<string>>? Rows = null);
