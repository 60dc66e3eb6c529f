namespace Kappa.Onnx.Import;

/// <summary>Puts the weights of a file into the modules that their names tell of: <c>layer1.0.conv1.weight</c> is <c>weight</c> of three modules within each
/// other.</summary>
/// <param name="top">The weights of the model itself.</param>
internal sealed class WeightTree(WeightHolder top)
{
    /// <summary>Adds a weight.</summary>
    /// <param name="name">Its name in the file. One that does not fit beside the others stands as a whole, its dots replaced.</param>
    /// <param name="tensor">The weight.</param>
    /// <param name="isTrained">Whether it is a parameter.</param>
    /// <returns>The part that holds it; null where it is the model itself.</returns>
    internal OnnxPart? Add(string name, Tensor tensor, bool isTrained)
    {
        string[] parts = name.Split('.');
        var (holder, owner) = (top, (OnnxPart?)null);
        bool fits = parts.All(part => part.Length > 0);
        for (int i = 0; fits && i < parts.Length - 1; i++)
        {
            fits = !holder.Holds(parts[i]);
            if (!fits)
                break;
            owner = holder.Inside(parts[i]);
            holder = owner.Weights;
        }

        if (fits && !holder.IsTaken(parts[^1]))
        {
            holder.Add(parts[^1], tensor, isTrained);
            return owner;
        }

        string whole = name.Replace('.', '_');
        while (whole.Length == 0 || top.IsTaken(whole))
            whole += "_";
        top.Add(whole, tensor, isTrained);
        return null;
    }
}
