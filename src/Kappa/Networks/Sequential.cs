using System.Globalization;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>Modules one after another. A <see cref="Linear"/> or <see cref="Conv2d"/> followed by an activation runs as one operation.</summary>
public sealed class Sequential : Module
{
    private readonly Module[] _modules;

    /// <summary>Makes a sequence named 0, 1, 2, ...</summary>
    /// <param name="modules">The modules, first to last.</param>
    public Sequential(params Module[] modules)
        : this([.. modules.Select((module, index) => (index.ToString(CultureInfo.InvariantCulture), module))])
    {
    }

    /// <summary>Makes a sequence with names.</summary>
    /// <param name="modules">Names and modules, first to last.</param>
    public Sequential(params (string Name, Module Module)[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        _modules = [.. modules.Select(entry => RegisterModule(entry.Name, entry.Module))];
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        var current = input;
        bool isProbed = ForwardProbe.IsActive;
        for (int i = 0; i < _modules.Length; i++)
        {
            var activation = i + 1 < _modules.Length && !isProbed && _modules[i + 1] is ActivationModule { Activation: var next } ? next : Activation.Identity;
            if (activation != Activation.Identity && _modules[i] is Linear linear)
            {
                current = linear.ForwardFused(current, activation);
                i++;
            }
            else if (activation != Activation.Identity && _modules[i] is Conv2d convolution)
            {
                current = convolution.ForwardFused(current, activation);
                i++;
            }
            else
            {
                current = _modules[i].Forward(current);
            }
        }

        return current;
    }
}
