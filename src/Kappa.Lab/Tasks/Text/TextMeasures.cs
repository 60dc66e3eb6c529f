namespace Kappa.Lab.Tasks.Text;

/// <summary>What texts are like, the further they are from their prompt.</summary>
/// <param name="Horizons">Tokens after the prompt; each figure is of those from the horizon before up to this one.</param>
/// <param name="JudgeBits">Bits per character by the judge.</param>
/// <param name="CountBits">Bits per character by the n-grams of the validation text.</param>
/// <param name="Repetition">Share of 8-grams up to the horizon that the same text had before.</param>
/// <param name="Distinct">Share of 4-grams of all texts up to the horizon that are distinct.</param>
/// <param name="JudgeMean">Bits per character by the judge, over all tokens.</param>
/// <param name="CountMean">Likewise by the n-grams.</param>
internal sealed record TextMeasures(
    double[] Horizons, double[] JudgeBits, double[] CountBits, double[] Repetition, double[] Distinct, double JudgeMean, double CountMean);
