using Kappa.Tensors;
using TorchSharp.Modules;
using OptimizerState = TorchSharp.Modules.OptimizerState;

namespace Kappa.TorchSharp.State;

/// <summary>The state of an optimizer of Kappa's, as one entry of a state dictionary of TorchSharp's.</summary>
internal sealed class CarriedState(Parameter parameter, Func<Optimizers.OptimizerState> read, Action<Optimizers.OptimizerState> load)
    : OptimizerState(parameter)
{
    public override void SaveStateDict(BinaryWriter writer) => StateBytes.Write(writer, read());

    public override void LoadStateDict(BinaryReader reader)
    {
        using var scope = TensorScope.Begin();
        load(StateBytes.Read(reader));
    }

    public override void LoadStateDict(OptimizerState source)
    {
        if (source is not CarriedState { Read: var other })
        {
            throw new ArgumentException(
                $"expected the state of an optimizer of Kappa's; got {source?.GetType().Name ?? "none"}. Make the optimizer that wrote it", nameof(source));
        }

        load(other());
    }

    public override bool ApproximatelyEquals(OptimizerState other) => other is CarriedState { Read: var second } && StateBytes.Same(read(), second());

    /// <summary>Nothing is to be done: the optimizer makes its own state.</summary>
    public override void Initialize(OptimizerOptions options)
    {
    }

    private Func<Optimizers.OptimizerState> Read => read;
}
