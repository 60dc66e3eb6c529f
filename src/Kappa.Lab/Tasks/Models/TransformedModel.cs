namespace Kappa.Lab.Tasks.Models;

/// <summary>A model behind a fixed transform of its input. To whoever calls it, it takes the same inputs as the model alone would.</summary>
/// <remarks>A task that looks into a model, rather than only calling it, looks at <see cref="Model"/> and accounts for <see cref="Transform"/>.</remarks>
public sealed class TransformedModel : Module
{
    /// <summary>Puts a transform in front of a model.</summary>
    /// <param name="transform">The transform.</param>
    /// <param name="model">The model, initialised.</param>
    public TransformedModel(InputTransform transform, Module model)
    {
        Transform = RegisterModule("transform", transform);
        Model = RegisterModule("model", model);
        // Loading nothing marks the tree as initialised: the model keeps the values it came with.
        LoadStateDict([], strict: false);
    }

    /// <summary>The transform.</summary>
    public InputTransform Transform { get; }

    /// <summary>The model behind it.</summary>
    public Module Model { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input) => Model.Forward(Transform.Forward(input));
}
