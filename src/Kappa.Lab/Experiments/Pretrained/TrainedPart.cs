namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>What of a network is trained; what lies before it is frozen, in evaluation mode.</summary>
internal static class TrainedPart
{
    internal const string Head = "head";
    internal const string Block = "block";
    internal const string All = "all";

    /// <summary>The first module of <see cref="PretrainedResNet"/> that is trained.</summary>
    internal static string FirstModule(string part) => part switch
    {
        Head => PretrainedResNet.Head,
        Block => PretrainedResNet.LastBlock,
        All => PretrainedResNet.First,
        _ => throw new ArgumentException($"expected a part of the network; got {part}", nameof(part)),
    };
}
