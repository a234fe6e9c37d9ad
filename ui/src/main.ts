import { boot } from "./boot";
import App from "./main/App.svelte";

boot(App);
