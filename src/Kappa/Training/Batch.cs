using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>Some examples side by side; <c>var (x, y) = batch</c> takes it apart.</summary>
/// <param name="Inputs"><c>[batch, ..InputShape]</c>.</param>
/// <param name="Targets"><c>[batch, ..TargetShape]</c>.</param>
public readonly record struct Batch(Tensor Inputs, Tensor Targets)
{
    /// <summary>This batch where it is on the device already, and a copy there where not.</summary>
    /// <param name="device">Where the model is.</param>
    public Batch On(Device device) => new(Inputs.On(device), Targets.On(device));

    /// <summary>Gives the memory of both tensors back.</summary>
    public void Release()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
