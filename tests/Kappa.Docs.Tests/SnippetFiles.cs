using System.Globalization;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Onnx;
using Kappa.Randomness;

namespace Kappa.Docs.Tests;

/// <summary>The files that the snippets of a page read, in the current folder.</summary>
internal static class SnippetFiles
{
    internal static void Make(string page)
    {
        switch (page)
        {
            case "docs/how-to/tables.md":
                string Row(int i) => string.Create(CultureInfo.InvariantCulture, $"{i},{i % 3},{50 + (i % 7)},{1000 + (10 * i)}");
                File.WriteAllLines("houses.csv", ["id,district,area,price", .. Enumerable.Range(0, 60).Select(Row)]);
                File.WriteAllLines("new.csv", ["district,area", "1,52", "2,53"]);
                break;
            case "docs/how-to/pictures.md":
                foreach (string kind in (string[])["flowers/rose", "flowers/tulip", "flowers-test/rose", "flowers-test/tulip", "photographs"])
                {
                    _ = Directory.CreateDirectory(kind);
                    for (int i = 0; i < 8; i++)
                        File.WriteAllBytes(Path.Combine(kind, $"{i}.png"), PictureFiles.Png(64, 64, 20 * i));
                }
                break;
            case "docs/how-to/checkpoints.md":
                Network().StateDict().Save("model.safetensors");
                break;
            case "src/Kappa.Onnx/README.md":
                OnnxModel.Export(Network(), "resnet18.onnx");
                break;
            case "src/Kappa.Data/README.md":
                File.WriteAllLines("flowers.csv", ["length,kind", "1,a", "2,b"]);
                break;
            default:
                break;
        }
    }

    private static Module Network() =>
        new Sequential(new Linear(784, 8), new ReLU(), new Linear(8, 8), new ReLU(), new Linear(8, 3)).Initialize(new Philox(1));
}
