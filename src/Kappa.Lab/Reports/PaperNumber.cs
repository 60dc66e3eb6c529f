namespace Kappa.Lab.Reports;

/// <summary>A number of a paper's table, and where ours stands.</summary>
/// <param name="Row">The first cell of our row.</param>
/// <param name="Column">The heading of our column.</param>
/// <param name="Value">The number.</param>
/// <param name="Text">As the paper writes it.</param>
internal sealed record PaperNumber(string Row, string Column, double Value, string Text);
