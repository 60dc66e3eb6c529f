namespace Kappa.Lab.Reports;

/// <summary>A method in a report's list of them.</summary>
/// <param name="Name">How reports call it.</param>
/// <param name="Text">What it is, in two sentences.</param>
/// <param name="ArXiv">The number of its paper.</param>
internal sealed record GlossaryEntry(string Name, string Text, string ArXiv);
