namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The networks of the continual benchmarks: chains of layers with orthogonal weights at the start.</summary>
internal static class ContinualNetwork
{
    /// <summary>A network for pictures as vectors (<c>mlp</c>) or as <c>[1, side, side]</c> (<c>conv</c>), with ten outputs.</summary>
    internal static Sequential Make(ContinualSettings settings, ContinualMethod method, int pixels)
    {
        double gain = Math.Sqrt(settings.Target);
        var modules = new List<Module>();
        int inputs = pixels;
        if (settings.Network == "conv")
        {
            int channels = 1;
            foreach (int next in new[] { settings.Width / 4, settings.Width / 2 })
            {
                modules.Add(new Conv2d(channels, next / method.Widening, 3, padding: 1, initializer: new OrthogonalInitializer(gain)));
                modules.AddRange(method.Activation(next / method.Widening, false));
                modules.Add(new MaxPool2d(2));
                channels = next;
            }

            modules.Add(new Flatten());
            int side = (int)Math.Sqrt(pixels) / 4;
            inputs = channels * side * side;
        }

        modules.AddRange(Hidden(method, inputs, settings.Width, settings.Network == "conv" ? 1 : settings.Depth, settings.Target));
        modules.Add(new Linear(settings.Width, PictureSamples.Classes, initializer: new OrthogonalInitializer()));
        return new Sequential([.. modules]);
    }

    /// <summary>Linear layers of one width with what the method puts after each.</summary>
    internal static IEnumerable<Module> Hidden(ContinualMethod method, int inputs, int width, int depth, double target) =>
        Enumerable.Range(0, depth).SelectMany(layer => (Module[])
        [
            new Linear(layer == 0 ? inputs : width, width / method.Widening, initializer: new OrthogonalInitializer(Math.Sqrt(target))),
            .. method.Activation(width / method.Widening, true),
        ]);
}
