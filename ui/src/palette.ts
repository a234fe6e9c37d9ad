import { boot } from "./boot";
import PalettePage from "./palette/PalettePage.svelte";

boot(PalettePage);
