using TorchSharp.Modules;

namespace Kappa.TorchSharp.State;

/// <summary>Stands in a state dictionary for a parameter whose state is in the first entry.</summary>
internal sealed class NoState(Parameter parameter) : OptimizerState(parameter)
{
    public override void SaveStateDict(BinaryWriter writer)
    {
    }

    public override void LoadStateDict(BinaryReader reader)
    {
    }

    public override void LoadStateDict(OptimizerState source)
    {
    }

    public override void Initialize(OptimizerOptions options)
    {
    }

    public override bool ApproximatelyEquals(OptimizerState other) => other is NoState;
}
