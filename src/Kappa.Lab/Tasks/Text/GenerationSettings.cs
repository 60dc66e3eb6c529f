namespace Kappa.Lab.Tasks.Text;

/// <summary>What a trained model is to write, and who judges it beside the counts of held-out text.</summary>
internal sealed record GenerationSettings
{
    [Setting("texts that each trained model writes on from the validation text; 0 for none", AtLeast = 0, AtMost = 10_000)]
    public int Texts { get; init; }

    [Setting("tokens of each text", AtLeast = 8, AtMost = 480)]
    public int Tokens { get; init; } = 256;

    [Setting("tokens of the validation text that each goes on from", AtLeast = 1, AtMost = 32)]
    public int Prompt { get; init; } = 16;

    [Setting("temperature of the draws; at 1 a perfect model writes as the text is", AtLeast = 0, AtMost = 10)]
    public double Temperature { get; init; } = 1;

    [Setting("share of the probability that the draws are among (top-p)", Above = 0, AtMost = 1)]
    public double TopP { get; init; } = 1;

    [Setting("width of the judge over that of the models", AtLeast = 1, AtMost = 16)]
    public int JudgeWidth { get; init; } = 2;

    [Setting("steps that the judge is trained, of 16 texts each, by AdamW; 0 for no judge", AtLeast = 0, AtMost = 1_000_000)]
    public int JudgeSteps { get; init; } = 1500;

    [Setting("learning rate of the judge, which decays to 0 along a cosine", Above = 0, AtMost = 1)]
    public double JudgeRate { get; init; } = 2e-3;

    /// <summary>Whether a judge is trained.</summary>
    internal bool HasJudge => Texts > 0 && JudgeSteps > 0;
}
