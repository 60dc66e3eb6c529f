namespace Kappa.Lab.Tasks.Models;

/// <summary>Calls of a model, which may be on another device, by who has examples on the host.</summary>
internal static class ModelCalls
{
    /// <summary>The outputs, where the model is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">On any device; copied to the model's where they are elsewhere.</param>
    internal static Tensor ForwardThere(this Module model, Tensor inputs) => model.Forward(inputs.On(model.Device));

    /// <summary>The outputs on the host, to be read. Not recorded where that is a copy.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">On any device.</param>
    internal static Tensor ForwardToHost(this Module model, Tensor inputs) => model.ForwardThere(inputs).On(Device.Cpu);

    /// <summary>The mean squared error, recorded for differentiation, where the model is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">On any device.</param>
    /// <param name="targets">On any device.</param>
    internal static Tensor SquaredError(this Module model, Tensor inputs, Tensor targets) =>
        Loss.MeanSquaredError(model.ForwardThere(inputs), targets.On(model.Device));
}
