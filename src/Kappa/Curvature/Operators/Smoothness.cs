using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;

namespace Kappa.Curvature.Operators;

/// <summary>What the Hessian means at activations that are not twice differentiable.</summary>
internal static class Smoothness
{
    internal static IReadOnlyList<string> Notes(Module model)
    {
        var kinds = model.Modules().Select(entry => entry.Module).ToArray();
        var notes = new List<string>();
        string[] linear = [.. kinds.Where(module => module is ReLU or LeakyReLU or PReLU or MaxPool2d or GroupSort or MaxMin)
            .Select(module => module.GetType().Name).Distinct()];
        if (linear.Length > 0)
        {
            notes.Add($"{string.Join(", ", linear)}: piecewise linear, so the Hessian is that of the piece the point lies in; the kinks between pieces, where "
                + "the gradient jumps, add nothing to it");
        }

        if (kinds.Any(module => module is SquaredReLU))
            notes.Add("SquaredReLU: the gradient is continuous and the second derivative jumps at 0; the Hessian is that of the side the point lies on");
        return notes;
    }
}
